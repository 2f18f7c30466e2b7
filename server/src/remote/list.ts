import * as z from "zod";
import { type HostFilesystems, look } from "./filesystems.ts";
import { isoTime } from "./iso-time.ts";
import { listText } from "./list-text.ts";
import { hasOtherSnapshots } from "./mounts.ts";
import type { RemoteCommand } from "./remote-command.ts";
import { type SnapshotNaming, snapshotName } from "./snapshot-names.ts";

export const listSchema = z.object({
  /** Whether all snapshots of the host are here; if not, `why` says what is missing. */
  complete: z.boolean(),
  why: z.string().optional(),
  /** The newest first, by the order of their creation in each filesystem. */
  snapshots: z.array(
    z.object({
      /** From the toplevel of the filesystem. */
      path: z.string(),
      filesystem: z.string().describe("UUID of the filesystem."),
      id: z.number(),
      naming: z
        .enum(["timestamp", "btrbk", "snapper", "old-roots", "other"])
        .describe("Who names snapshots like this."),
      readOnly: z.boolean(),
      uuid: z.string().optional(),
      parentUuid: z.string().optional(),
      of: z.string().optional().describe("The subvolume that it is a snapshot of, when that is still there."),
      createdGeneration: z.number(),
      created: z.iso.datetime().optional(),
      named: z.iso.datetime().optional().describe("The time that its name says, where that is a time in UTC."),
      exclusiveBytes: z.number().optional().describe("Bytes that only it holds; known where quota groups are on."),
    }),
  ),
});
export type SnapshotList = z.infer<typeof listSchema>;

/** The answer of `list` from what a host holds: snapshots and archived roots. */
export function snapshotList({ why, filesystems, hidden, mounts }: HostFilesystems): SnapshotList {
  if (why !== undefined) return { complete: false, why, snapshots: [] };
  const snapshots = filesystems.flatMap(({ uuid: filesystem, subvolumes }) => {
    const byUuid = new Map(subvolumes.map((one) => [one.uuid, one.path]));
    return subvolumes
      .filter(({ path, readOnly, parentUuid }) => (readOnly && parentUuid !== undefined) || snapshotName(path))
      .sort((a, b) => b.createdGeneration - a.createdGeneration || b.id - a.id)
      .map(({ path, id, readOnly, uuid, parentUuid, createdGeneration, created, exclusiveBytes }) => {
        const of = parentUuid === undefined ? undefined : byUuid.get(parentUuid);
        const name = snapshotName(path);
        const naming: SnapshotNaming | "other" = name?.naming ?? "other";
        return {
          ...{ path, filesystem, id, naming, readOnly, createdGeneration },
          ...(uuid === undefined ? {} : { uuid }),
          ...(parentUuid === undefined ? {} : { parentUuid }),
          ...(of === undefined ? {} : { of }),
          ...(created === undefined ? {} : { created: isoTime(created) }),
          ...(name?.taken === undefined ? {} : { named: isoTime(name.taken) }),
          ...(exclusiveBytes === undefined ? {} : { exclusiveBytes }),
        };
      });
  });
  const others = new Set(mounts.filter(hasOtherSnapshots).map(({ type }) => type));
  const unseen = [...hidden, ...[...others].map((type) => `those of ${type} are not looked at`)];
  if (unseen.length === 0) return { complete: true, snapshots };
  return { complete: false, why: unseen.join(", "), snapshots };
}

const listOptions = z.strictObject({});
export const listCommand: RemoteCommand<z.infer<typeof listOptions>, SnapshotList> = {
  name: "list",
  summary: "the snapshots and archived roots of a host",
  effect: "reads",
  options: listOptions,
  result: listSchema,
  text: listText,
  run: async (_, __, session) => snapshotList(await session.call(look)),
};
