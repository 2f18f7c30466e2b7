import * as z from "zod";
import { type Mount, readMounts } from "./mounts.ts";
import { clockOf, outputsOf, shown } from "./outputs.ts";
import { fieldsOf, type RemoteRecord } from "./record-reader.ts";
import exactSubvolumes from "./scripts/exact-subvolumes.sh";
import subvolumesScript from "./scripts/subvolumes.sh";
import toplevels from "./scripts/toplevels.sh";
import { metadataUse, readSpace, type Space } from "./space.ts";
import { readSubvolumes, type Subvolume, whyUnreadable } from "./subvolumes.ts";
import type { Verb } from "./verb.ts";
import { whyNoSubvolumes } from "./why-no-subvolumes.ts";

/** A btrfs filesystem of a host, with all that is in it. */
export interface Filesystem {
  /** As the scripts name it: its toplevel is at /tmp/INDEX for them. */
  readonly index: number;
  readonly uuid: string;
  readonly devices: readonly string[];
  readonly subvolumes: readonly Subvolume[];
  readonly space: Space | undefined;
  /** See `metadataUse`. */
  readonly metadataUse: number | undefined;
  /** Its mounts, in the order of the host's. */
  readonly mounts: readonly BtrfsMount[];
  /** Whether the kernel lets nobody write to it, as after errors. */
  readonly readOnly: boolean;
}

export interface BtrfsMount extends Mount {
  /** The subvolume that the mount is of, or lies in. */
  readonly subvolumeId: number;
}

/** What `snapshot`, `gc` and `list` know of a host. */
export interface HostFilesystems {
  readonly user: string;
  /** The host's clock in Unix seconds, and by how much it is ahead of this computer's. */
  readonly clock: number;
  readonly clockAhead: number;
  readonly mounts: readonly Mount[];
  readonly filesystems: readonly Filesystem[];
  /** Why there are no filesystems to see; undefined when there are. */
  readonly why: string | undefined;
  /** Why others could not be looked into. */
  readonly hidden: readonly string[];
}

/** Looks at every btrfs filesystem that a host has mounted. Changes nothing. */
export const look: Verb<HostFilesystems> = {
  name: "look",
  scripts: [toplevels, exactSubvolumes, subvolumesScript],
  schema: z.custom<HostFilesystems>(),
  read: readFilesystems,
};

/** What the records of toplevels.sh and subvolumes.sh say. */
export function readFilesystems(records: readonly RemoteRecord[], clientSeconds: number): HostFilesystems {
  const outputs = outputsOf(records);
  const clock = clockOf(outputs);
  const mounts = readMounts(outputs.text("mounts") ?? "");
  const all = (kind: string, count: number) =>
    records.filter((record) => record.kind === kind).map((record) => fieldsOf(record, count));
  const devices = all("device", 2);
  const hidden = all("no-toplevel", 1).map(([text]) => shown(text as string));
  const filesystems = all("filesystem", 2).flatMap(([index, uuid]): Filesystem[] => {
    const subvolumes = readSubvolumes(outputs, `.${index}`);
    const names = devices.flatMap(([at, device]) => (at === index && device !== undefined ? [device] : []));
    if (!subvolumes || index === undefined || uuid === undefined) {
      hidden.push(
        `${whyUnreadable(outputs, `.${index}`) ?? "the host does not list its subvolumes"}: ${names.join(", ")}`,
      );
      return [];
    }
    const own = btrfsMounts(mounts, names);
    return [
      {
        index: Number(index),
        uuid,
        devices: names,
        subvolumes,
        space: readSpace(outputs.text(`usage.${index}`)),
        metadataUse: metadataUse(outputs.text(`usage.${index}`)),
        mounts: own,
        readOnly: own.length > 0 && own.every(({ options }) => options.includes("ro")),
      },
    ];
  });
  const hasBtrfs = mounts.some(({ type }) => type === "btrfs");
  const whyNone = hasBtrfs ? (hidden[0] ?? whyNoSubvolumes(outputs)) : "no btrfs filesystem is mounted on the host";
  return {
    ...{ user: outputs.required("user", 2)[1] as string, clock, clockAhead: clock - clientSeconds, mounts },
    ...{ filesystems, hidden, why: filesystems.length > 0 ? undefined : whyNone },
  };
}

/** The mounts of a btrfs filesystem by the names of its devices. */
export function btrfsMounts(mounts: readonly Mount[], devices: readonly string[]): BtrfsMount[] {
  return mounts.filter(({ type, source }) => type === "btrfs" && devices.includes(source)).flatMap(withSubvolume);
}

function withSubvolume(mount: Mount): BtrfsMount[] {
  const id = mount.options.map((option) => /^subvolid=(\d+)$/.exec(option)?.[1]).find(Boolean);
  return id === undefined ? [] : [{ ...mount, subvolumeId: Number(id) }];
}

/** The subvolumes that lie inside of another one, at any depth. A snapshot of it holds empty folders in their place. */
export function nestedIn(outer: Pick<Subvolume, "id">, subvolumes: readonly Subvolume[]): Subvolume[] {
  const inside = new Set([outer.id]);
  const found: Subvolume[] = [];
  for (let before = -1; before < found.length; ) {
    before = found.length;
    for (const one of subvolumes) {
      if (inside.has(one.id) || !inside.has(one.parentId)) continue;
      inside.add(one.id);
      found.push(one);
    }
  }
  return found;
}

/** The subvolume that a path from the toplevel lies in or is; undefined for the toplevel itself. */
export function subvolumeAround(path: string, subvolumes: readonly Subvolume[]): Subvolume | undefined {
  return subvolumes
    .filter((one) => path === one.path || path.startsWith(`${one.path}/`))
    .reduce<Subvolume | undefined>(
      (best, one) => (best && best.path.length >= one.path.length ? best : one),
      undefined,
    );
}
