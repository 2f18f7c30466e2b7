import * as z from "zod";
import { type Filesystem, type HostFilesystems, readFilesystems } from "../filesystems.ts";
import { isoTime } from "../iso-time.ts";
import { shown } from "../outputs.ts";
import { fieldsOf, type RemoteRecord } from "../record-reader.ts";
import exactSubvolumes from "../scripts/exact-subvolumes.sh";
import facts from "../scripts/rollback-facts.sh";
import state from "../scripts/rollback-state.sh";
import subvolumes from "../scripts/subvolumes.sh";
import toplevels from "../scripts/toplevels.sh";
import trusted from "../scripts/trusted-folder.sh";
import words from "../scripts/words.sh";
import type { Verb } from "../verb.ts";

/** A rollback that was made, as the filesystem remembers it. */
export const rollbackEntrySchema = z.object({
  id: z.string(),
  path: z.string().describe("The subvolume, from the toplevel."),
  from: z.string().describe("The snapshot that was used."),
  filesystem: z.string().describe("UUID of the filesystem."),
  state: z
    .enum(["rolled-back", "undone", "half-done", "being-discarded", "superseded"])
    .describe("Half-done: it was interrupted; the next rollback, or `repair`, brings it to an end."),
  pending: z.array(z.string()).describe("Mount points that still show the other data, until they are mounted anew."),
  made: z.iso.datetime().optional(),
  by: z.string().optional(),
  kept: z.string().describe("The subvolume with the data that is not in use."),
});
export type RollbackEntry = z.infer<typeof rollbackEntrySchema>;

/** A host, and its rollbacks. */
export interface HostRollbacks {
  readonly host: HostFilesystems;
  readonly rollbacks: readonly RollbackEntry[];
}

/** The folder in the toplevel that scripts keep rollbacks in. */
export const ROLLBACK_FOLDER = ".nix-impermanence-rollbacks";

/** Looks at filesystems and rollbacks. Changes nothing. */
export const lookAtRollbacks: Verb<HostRollbacks> = {
  name: "rollbacks",
  scripts: [toplevels, exactSubvolumes, subvolumes, words, trusted, state, facts],
  schema: z.custom<HostRollbacks>(),
  read(records, clientSeconds) {
    const host = readFilesystems(records, clientSeconds);
    return { host, rollbacks: readRollbacks(records, host.filesystems) };
  },
};

/** What the records of rollback-facts.sh say. */
export function readRollbacks(records: readonly RemoteRecord[], filesystems: readonly Filesystem[]): RollbackEntry[] {
  const all = (kind: string, count: number) =>
    records.filter((record) => record.kind === kind).map((record) => fieldsOf(record, count) as string[]);
  const sources = all("rollback-source", 3);
  const others = all("rollback-other", 4);
  return all("rollback", 7).map(([index, id = "", phase, at, when = "", by = "", path = ""]) => {
    const filesystem = filesystems.find((one) => String(one.index) === index);
    const source = sources.find(([i, name]) => i === index && name === id)?.[2] ?? "";
    const otherId = Number(others.find(([i, name]) => i === index && name === id)?.[3] || Number.NaN);
    const mounts = filesystem?.mounts.filter(({ subvolumeId }) => subvolumeId === otherId) ?? [];
    const isUsed = at === "new" || at === "old";
    return {
      ...{ id, path: shown(path), from: shown(source), filesystem: filesystem?.uuid ?? "" },
      state: stateOf(phase, at),
      pending: isUsed && phase === "done" ? mounts.map(({ mountPoint }) => mountPoint) : [],
      ...(/^\d{9,11}$/.test(when) ? { made: isoTime(Number(when)) } : {}),
      ...(by === "" ? {} : { by: shown(by) }),
      kept: `${ROLLBACK_FOLDER}/${id}/other`,
    };
  });
}

function stateOf(phase: string | undefined, at: string | undefined): RollbackEntry["state"] {
  if (phase === "discard") return "being-discarded";
  if (phase !== "done") return "half-done";
  if (at === "new") return "rolled-back";
  return at === "old" ? "undone" : "superseded";
}
