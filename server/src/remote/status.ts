import * as z from "zod";
import { compare } from "./drift/compare.ts";
import { type PathKind, persistedPaths } from "./drift/compare-persisted.ts";
import { comparisonSchema } from "./drift/drift-schema.ts";
import { isoTime } from "./iso-time.ts";
import { type Mount, mountAt, mountSchema, readMounts } from "./mounts.ts";
import { clockOf, outputsOf, shown } from "./outputs.ts";
import { fieldsOf } from "./record-reader.ts";
import type { RemoteCommand } from "./remote-command.ts";
import { lookAtRollbacks, type RollbackEntry, rollbackEntrySchema } from "./rollback/rollbacks.ts";
import btrfsFacts from "./scripts/btrfs-facts.sh";
import exactSubvolumes from "./scripts/exact-subvolumes.sh";
import pathKinds from "./scripts/path-kinds.sh";
import statusScript from "./scripts/status.sh";
import { snapshotName } from "./snapshot-names.ts";
import { readSpace, spaceSchema } from "./space.ts";
import { statusText } from "./status-text.ts";
import { readSubvolumes, type Subvolume } from "./subvolumes.ts";
import type { Verb } from "./verb.ts";
import { whyNoSubvolumes } from "./why-no-subvolumes.ts";
import { wipeSchema, wipeVerdict } from "./wipe-verdict.ts";

export const statusSchema = z.object({
  host: z.string(),
  user: z.string(),
  /** Whether the answer was read as root; without, parts are unknown. */
  asRoot: z.boolean(),
  nixos: z.boolean(),
  booted: z.iso.datetime().optional(),
  /** Seconds that the host's clock is ahead of this computer's. */
  clockAheadSeconds: z.number(),
  root: mountSchema.optional(),
  wipe: wipeSchema,
  /** Mounts of the disk's filesystems, without those of the kernel. */
  mounts: z.array(mountSchema),
  /** Why subvolumes are not known. */
  unknownSubvolumes: z.string().optional(),
  /** Subvolumes inside the root subvolume: they stop its deletion. */
  nestedInRoot: z.array(z.string()),
  space: spaceSchema.optional(),
  missingDevices: z
    .array(z.string())
    .optional()
    .describe("UUIDs of mounted btrfs filesystems that lack one of their devices."),
  lastScrub: z.string().optional(),
  timers: z.array(z.object({ unit: z.string(), last: z.iso.datetime().optional() })),
  /** Snapshots and archived roots on the root's filesystem; `list` shows those of all. */
  snapshots: z
    .object({ count: z.int(), oldest: z.iso.datetime().optional(), newest: z.iso.datetime().optional() })
    .optional(),
  /** Rollbacks that were interrupted, or that mounts do not show yet; absent when they cannot be seen. */
  unfinishedRollbacks: z.array(rollbackEntrySchema).optional(),
  /** How the host differs from its configuration; absent when no host of a configuration was named. */
  configuration: comparisonSchema.optional(),
});
export type HostStatus = z.infer<typeof statusSchema>;

const DISK_TYPES = /^(?:btrfs|bcachefs|ext[234]|xfs|f2fs|zfs|vfat|tmpfs|overlay|ramfs)$/;

/** What the host runs on, and whether its root was wiped at this boot. */
export const status: Verb<HostStatus> = {
  name: "status",
  scripts: [exactSubvolumes, btrfsFacts, statusScript],
  schema: statusSchema,
  read(records, clientSeconds) {
    const outputs = outputsOf(records);
    const [uid, user] = outputs.required("user", 2) as [string, string];
    const mounts = readMounts(outputs.text("mounts") ?? "");
    const root = mountAt(mounts, "/");
    const subvolumes = readSubvolumes(outputs);
    const show = outputs.text("root") ?? "";
    const created = Date.parse(
      (/^\s*Creation time:\s*(\S+ \S+) \+0000$/m.exec(show)?.[1] ?? "").replace(" ", "T").concat("Z"),
    );
    const rootId = Number(/^\s*Subvolume ID:\s*(\d+)$/m.exec(show)?.[1]);
    const parentUuid = /^\s*Parent UUID:\s*([\da-f-]{36})$/m.exec(show)?.[1];
    const boot = Number(outputs.text("uptime") || Number.NaN);
    const booted = Number.isFinite(boot) ? boot : undefined;
    const space = readSpace(outputs.text("usage"));
    const scrub = /^Scrub started:\s*(.+)$/m.exec(outputs.text("scrub") ?? "")?.[1];
    const lacking = lackingDevices(outputs.text("devices") ?? "");
    return {
      host: shown(outputs.text("host")?.trim() ?? ""),
      user: shown(user),
      asRoot: uid === "0",
      nixos: /^ID="?nixos"?$/m.test(outputs.text("system") ?? ""),
      ...(booted === undefined ? {} : { booted: isoTime(booted) }),
      clockAheadSeconds: clockOf(outputs) - clientSeconds,
      ...(root ? { root } : {}),
      wipe: wipeVerdict({
        mount: root,
        booted,
        clock: clockOf(outputs),
        clockAhead: clockOf(outputs) - clientSeconds,
        created: Number.isNaN(created) ? undefined : created / 1000,
        parentUuid,
        subvolumes,
      }),
      mounts: mounts.filter(({ type }) => DISK_TYPES.test(type)),
      ...(subvolumes ? {} : { unknownSubvolumes: whyNoSubvolumes(outputs) }),
      nestedInRoot: (subvolumes ?? [])
        .filter(({ parentId }) => parentId === rootId && rootId !== 5)
        .map(({ path }) => path),
      ...(space ? { space } : {}),
      ...(lacking.length > 0 ? { missingDevices: lacking } : {}),
      ...(scrub === undefined ? {} : { lastScrub: shown(scrub) }),
      timers: readTimers(outputs.text("timers") ?? ""),
      ...(subvolumes ? { snapshots: snapshotsAmong(subvolumes) } : {}),
    };
  },
};

interface Looked {
  readonly status: HostStatus;
  readonly rollbacks: readonly RollbackEntry[];
  readonly mounts: readonly Mount[];
  readonly kinds: readonly PathKind[];
}

/**
 * The same with rollbacks, and what is needed to compare it with a configuration: the paths that this persists are the
 * arguments. All in one call: each takes a way to the host and back.
 */
const lookAtAll: Verb<Looked> = {
  name: "status",
  scripts: [...status.scripts, pathKinds, ...lookAtRollbacks.scripts],
  schema: z.custom<Looked>(),
  read(records, clientSeconds) {
    const mounts = readMounts(outputsOf(records).text("mounts") ?? "");
    const kinds = records
      .filter(({ kind }) => kind === "path")
      .map((record): PathKind => {
        const [, kind, target] = fieldsOf(record, 2).flatMap((text) => text.split("\x1f"));
        // The script marks the end of a link's target, as it may end with newlines.
        return {
          kind: kind as PathKind["kind"],
          ...(target === undefined ? {} : { target: shown(target.slice(0, -2)) }),
        };
      });
    const { rollbacks } = lookAtRollbacks.read(records, clientSeconds);
    return { status: status.read(records, clientSeconds), rollbacks, mounts, kinds };
  },
};

const statusOptions = z.strictObject({});
export const statusCommand: RemoteCommand<z.infer<typeof statusOptions>, HostStatus> = {
  name: "status",
  summary: "what a host runs on, and whether its root was wiped",
  effect: "reads",
  options: statusOptions,
  result: statusSchema,
  text: statusText,
  async run(_, __, session) {
    const facts = session.configured?.facts;
    const paths = facts ? [...persistedPaths(facts).keys()] : [];
    const { status: found, rollbacks, mounts, kinds } = await session.call(lookAtAll, { args: paths });
    const unfinished = rollbacks.filter(({ state, pending }) => UNFINISHED.has(state) || pending.length > 0);
    const isSeen = found.asRoot && found.unknownSubvolumes === undefined;
    const byPath = new Map(paths.flatMap((path, at) => (kinds[at] ? [[path, kinds[at]]] : [])));
    const shownPaths = found.asRoot ? byPath : undefined;
    return {
      ...found,
      ...(facts ? { configuration: compare(facts, { host: found.host, mounts, paths: shownPaths }) } : {}),
      ...(isSeen ? { unfinishedRollbacks: unfinished } : {}),
    };
  },
};

const UNFINISHED: ReadonlySet<string> = new Set(["half-done", "being-discarded"]);

function snapshotsAmong(subvolumes: readonly Subvolume[]): HostStatus["snapshots"] {
  const all = subvolumes.filter(({ path, readOnly, parentUuid }) => (readOnly && parentUuid) || snapshotName(path));
  const times = all.flatMap(({ created }) => created ?? []).sort((a, b) => a - b);
  const [oldest, newest] = [times[0], times.at(-1)];
  return {
    count: all.length,
    ...(oldest === undefined ? {} : { oldest: isoTime(oldest) }),
    ...(newest === undefined ? {} : { newest: isoTime(newest) }),
  };
}

/** The filesystems of `btrfs filesystem show` that lack a device: in words, or in its place. */
function lackingDevices(text: string): string[] {
  return text.split(/^(?=Label: )/m).flatMap((filesystem) => {
    const uuid = /^Label: .* uuid: ([\da-f-]{36})$/m.exec(filesystem)?.[1];
    return uuid !== undefined && /\sMISSING$|devices missing$/m.test(filesystem) ? [uuid] : [];
  });
}

function readTimers(text: string): HostStatus["timers"] {
  return text.split("\n\n").flatMap((block) => {
    const unit = /^Id=(.+)$/m.exec(block)?.[1];
    const last = /^LastTriggerUSec=@(\d+)$/m.exec(block)?.[1];
    if (unit === undefined) return [];
    return [{ unit: shown(unit), ...(last === undefined || last === "0" ? {} : { last: isoTime(Number(last)) }) }];
  });
}
