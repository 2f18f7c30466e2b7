import { z } from "zod";
import { type Mount, mountAt, readMounts } from "../mounts.ts";
import { type Outputs, outputsOf, shown } from "../outputs.ts";
import diffFacts from "../scripts/diff-facts.sh";
import { readSubvolumes, type Subvolume } from "../subvolumes.ts";
import type { Verb } from "../verb.ts";

/** What a comparison rests on. */
export interface HostFacts {
  readonly asRoot: boolean;
  readonly mounts: readonly Mount[];
  /** What is mounted at `/`. */
  readonly root: Mount | undefined;
  /** The id of the root's subvolume, on btrfs. */
  readonly rootId: number | undefined;
  /** Of the root's filesystem; or why they are not known. */
  readonly subvolumes: readonly Subvolume[] | { readonly why: string };
  /** Names by number. */
  readonly users: ReadonlyMap<number, string>;
  readonly groups: ReadonlyMap<number, string>;
  /** The host's clock, Unix seconds. */
  readonly clock: number;
}

/** Asks for mounts, subvolumes and names. */
export const hostFacts: Verb<HostFacts> = {
  name: "facts",
  scripts: [diffFacts],
  schema: z.custom<HostFacts>(),
  read(records) {
    const outputs = outputsOf(records);
    const mounts = readMounts(outputs.text("mounts") ?? "");
    const id = Number(outputs.text("rootid") || Number.NaN);
    return {
      asRoot: outputs.required("user", 2)[0] === "0",
      mounts,
      root: mountAt(mounts, "/"),
      rootId: Number.isSafeInteger(id) ? id : undefined,
      subvolumes: readSubvolumes(outputs) ?? { why: whyNone(outputs) },
      users: namesById(outputs.text("passwd")),
      groups: namesById(outputs.text("group")),
      clock: Number(outputs.required("clock", 1)[0]),
    };
  },
};

function whyNone(outputs: Outputs): string {
  if (outputs.fields("btrfs", 1)?.[0] === "no") return "the btrfs command (btrfs-progs) is not found on the host";
  return outputs.fields("no-toplevel", 1)?.[0] ?? "only root can list subvolumes, and the account may not use sudo";
}

/** Names by number, of lines as in /etc/passwd. The first of several names for one number counts, as it does for `ls`. */
export function namesById(text = ""): Map<number, string> {
  const names = new Map<number, string>();
  for (const line of text.split("\n")) {
    const [name, , id] = line.split(":");
    if (name && id && /^\d+$/.test(id) && !names.has(Number(id))) names.set(Number(id), shown(name));
  }
  return names;
}
