import type { OptionNode } from "../modules/option-node.ts";
import type { Known, MountOption } from "./host.ts";
import { readString, readTexts } from "./read-values.ts";
import { known, notKnown } from "./verdict.ts";

/** What NixOS makes of `fileSystems.<name>.overlay`. */
export interface OverlayMount {
  readonly fsType: Known<string>;
  readonly device: Known<string>;
  readonly options: readonly MountOption[];
  /** Why more options than listed may exist. */
  readonly open: string | undefined;
}

/**
 * The mount that `overlay.lowerdir` asks for; undefined when nobody sets it. The directories are those of the running
 * system: what stage 1 puts before them (`/sysroot`) is not part of the facts.
 */
export function overlayMount(entry: OptionNode): OverlayMount | undefined {
  const overlay = entry.child("overlay");
  const lower = readTexts(overlay.child("lowerdir"));
  if (!lower.isSet) return undefined;
  const options: MountOption[] = [];
  const add = (text: string) => options.push({ text, place: undefined, certain: true, from: "derived" });
  let open = lower.open[0]?.why;
  if (open !== undefined) return { fsType: notKnown(open), device: notKnown(open), options, open };
  add(`lowerdir=${lower.texts.map(({ text }) => text).join(":")}`);
  for (const name of ["upperdir", "workdir"]) {
    const directory = readString(overlay.child(name));
    if (directory?.known) add(`${name}=${directory.value}`);
    else open ??= directory?.why;
  }
  return { fsType: known("overlay"), device: known("overlay"), options, open };
}
