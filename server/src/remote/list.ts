import { z } from "zod";
import { listText } from "./list-text.ts";
import { outputsOf } from "./outputs.ts";
import type { RemoteCommand } from "./remote-command.ts";
import btrfsFacts from "./scripts/btrfs-facts.sh";
import { readSubvolumes } from "./subvolumes.ts";
import type { Verb } from "./verb.ts";

export const listSchema = z.object({
  /** Whether the host let us look; if not, `why` says what was missing. */
  complete: z.boolean(),
  why: z.string().optional(),
  snapshots: z.array(
    z.object({
      path: z.string(),
      id: z.number(),
      /** Who names snapshots like this. */
      naming: z.enum(["timestamp", "btrbk", "snapper", "old-roots", "other"]),
      readOnly: z.boolean(),
      uuid: z.string().optional(),
      parentUuid: z.string().optional(),
      /** The subvolume that it is a snapshot of, when that is still there. */
      of: z.string().optional(),
      createdGeneration: z.number(),
      created: z.iso.datetime().optional(),
      exclusiveBytes: z.number().optional(),
    }),
  ),
});
export type SnapshotList = z.infer<typeof listSchema>;
type Naming = SnapshotList["snapshots"][number]["naming"];

const NAMINGS: readonly (readonly [Naming, RegExp])[] = [
  ["old-roots", /(?:^|\/)old_roots\/[^/]+$/],
  ["snapper", /(?:^|\/)\d+\/snapshot$/],
  ["btrbk", /\.\d{8}(?:T\d{4}(?:\d\d)?(?:[+-]\d{4})?)?(?:_\d+)?$/],
  ["timestamp", /-\d{8}-\d{6}(?:\.\d+)?$/],
];

/** `list`: snapshots and archived roots, the newest first. */
export const list: Verb<SnapshotList> = {
  name: "list",
  scripts: [btrfsFacts],
  schema: listSchema,
  read(records) {
    const outputs = outputsOf(records);
    const subvolumes = readSubvolumes(outputs);
    if (!subvolumes) return { complete: false, why: whyNoSubvolumes(outputs), snapshots: [] };
    const byUuid = new Map(subvolumes.map((one) => [one.uuid, one.path]));
    const naming = (path: string) => NAMINGS.find(([, pattern]) => pattern.test(path))?.[0];
    const snapshots = subvolumes
      .filter(({ path, readOnly, parentUuid }) => (readOnly && parentUuid !== undefined) || naming(path) !== undefined)
      .sort((a, b) => b.createdGeneration - a.createdGeneration || b.id - a.id)
      .map(({ path, id, readOnly, uuid, parentUuid, createdGeneration, created, exclusiveBytes }) => {
        const of = parentUuid === undefined ? undefined : byUuid.get(parentUuid);
        return {
          ...{ path, id, naming: naming(path) ?? ("other" as const), readOnly, createdGeneration },
          ...(uuid === undefined ? {} : { uuid }),
          ...(parentUuid === undefined ? {} : { parentUuid }),
          ...(of === undefined ? {} : { of }),
          ...(created === undefined ? {} : { created: isoTime(created) }),
          ...(exclusiveBytes === undefined ? {} : { exclusiveBytes }),
        };
      });
    return { complete: true, snapshots };
  },
};

const listOptions = z.strictObject({});
export const listCommand: RemoteCommand<z.infer<typeof listOptions>, SnapshotList> = {
  name: "list",
  summary: "the snapshots and archived roots of a host",
  effect: "reads",
  options: listOptions,
  result: listSchema,
  text: listText,
  run: (_, __, session) => session.call(list),
};

/** What kept the host from showing its subvolumes. */
export function whyNoSubvolumes(outputs: ReturnType<typeof outputsOf>): string {
  if (outputs.fields("btrfs", 1)?.[0] === "no") return "the btrfs command (btrfs-progs) is not found on the host";
  if (outputs.required("user", 2)[0] !== "0")
    return "the account may not use sudo without a password, and only root can list subvolumes";
  return outputs.fields("no-toplevel", 1)?.[0] ?? "the root is not on btrfs";
}

export function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}
