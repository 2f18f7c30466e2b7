import * as z from "zod";
import { type HostFilesystems, readFilesystems } from "../filesystems.ts";
import { outputsOf, shown } from "../outputs.ts";
import { fieldsOf, type RemoteRecord } from "../record-reader.ts";
import exactSubvolumes from "../scripts/exact-subvolumes.sh";
import mountedAnywhere from "../scripts/mounted-anywhere.sh";
import showsScript from "../scripts/subvolume-shows.sh";
import subvolumesScript from "../scripts/subvolumes.sh";
import toplevels from "../scripts/toplevels.sh";
import { readShow } from "../subvolume-show.ts";
import type { Verb } from "../verb.ts";
import type { GcSubvolume } from "./plan.ts";

export interface GcFacts {
  readonly host: HostFilesystems;
  readonly subvolumes: readonly GcSubvolume[];
  /** Subvolumes that btrfs does not describe without doubt, as their names hold lines of their own. */
  readonly unreadable: readonly { readonly index: number; readonly id: number }[];
  /** Creation time of each as btrfs prints it, by index and id: what is deleted must still say the same. */
  readonly createdTexts: ReadonlyMap<string, string>;
}

/** Looks at every subvolume of a host by its id. Changes nothing. */
export const gcFacts: Verb<GcFacts> = {
  name: "gc-facts",
  needsRoot: true,
  scripts: [toplevels, mountedAnywhere, exactSubvolumes, subvolumesScript, showsScript],
  schema: z.custom<GcFacts>(),
  read: readGcFacts,
};

function readGcFacts(records: readonly RemoteRecord[], clientSeconds: number): GcFacts {
  const host = readFilesystems(records, clientSeconds);
  const outputs = outputsOf(records);
  const superblocks = new Map(
    records.filter(({ kind }) => kind === "superblock").map((record) => fieldsOf(record, 2) as [string, string]),
  );
  const mounted = new Set((outputs.text("mounted") ?? "").split("\n"));
  const subvolumes: GcSubvolume[] = [];
  const unreadable: { index: number; id: number }[] = [];
  const createdTexts = new Map<string, string>();
  for (const record of records) {
    if (record.kind !== "output") continue;
    const [name, status, text] = fieldsOf(record, 3) as [string, string, string];
    const [, at, of] = /^show\.(\d+)\.(\d+)$/.exec(name) ?? [];
    // A line that a name made up has an id that there is not.
    if (at === undefined || status !== "0") continue;
    const [index, id] = [Number(at), Number(of)];
    const show = readShow(text);
    const filesystem = host.filesystems.find((one) => one.index === index);
    if (!filesystem) continue;
    if (!show || show.id !== id) {
      unreadable.push({ index, id });
      continue;
    }
    const createdText = /^\tCreation time:[ \t]*(.*)$/m.exec(text)?.[1] ?? "";
    createdTexts.set(`${index}.${id}`, createdText);
    subvolumes.push({
      ...{ ...show, index, path: shown(show.bytes) },
      isDefault: new RegExp(`^ID ${id} `).test(outputs.text(`default.${index}`) ?? ""),
      isMounted: mounted.has(`${superblocks.get(at)} ${id}`),
    });
  }
  return { host, subvolumes, unreadable, createdTexts };
}
