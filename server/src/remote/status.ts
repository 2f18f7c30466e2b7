import { z } from "zod";
import { isoTime } from "./iso-time.ts";
import { mountAt, mountSchema, readMounts } from "./mounts.ts";
import { outputsOf, shown } from "./outputs.ts";
import type { RemoteCommand } from "./remote-command.ts";
import btrfsFacts from "./scripts/btrfs-facts.sh";
import statusScript from "./scripts/status.sh";
import { readSpace, spaceSchema } from "./space.ts";
import { statusText } from "./status-text.ts";
import { readSubvolumes } from "./subvolumes.ts";
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
  lastScrub: z.string().optional(),
  timers: z.array(z.object({ unit: z.string(), last: z.iso.datetime().optional() })),
});
export type HostStatus = z.infer<typeof statusSchema>;

const DISK_TYPES = /^(?:btrfs|bcachefs|ext[234]|xfs|f2fs|zfs|vfat|tmpfs|overlay|ramfs)$/;

/** `status`: what the host runs on, and whether its root was wiped at this boot. */
export const status: Verb<HostStatus> = {
  name: "status",
  scripts: [btrfsFacts, statusScript],
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
    return {
      host: shown(outputs.text("host")?.trim() ?? ""),
      user: shown(user),
      asRoot: uid === "0",
      nixos: /^ID="?nixos"?$/m.test(outputs.text("system") ?? ""),
      ...(booted === undefined ? {} : { booted: isoTime(booted) }),
      clockAheadSeconds: Number(outputs.required("clock", 1)[0]) - clientSeconds,
      ...(root ? { root } : {}),
      wipe: wipeVerdict({
        mount: root,
        booted,
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
      ...(scrub === undefined ? {} : { lastScrub: shown(scrub) }),
      timers: readTimers(outputs.text("timers") ?? ""),
    };
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
  run: (_, __, session) => session.call(status),
};

function readTimers(text: string): HostStatus["timers"] {
  return text.split("\n\n").flatMap((block) => {
    const unit = /^Id=(.+)$/m.exec(block)?.[1];
    const last = /^LastTriggerUSec=@(\d+)$/m.exec(block)?.[1];
    if (unit === undefined) return [];
    return [{ unit: shown(unit), ...(last === undefined || last === "0" ? {} : { last: isoTime(Number(last)) }) }];
  });
}
