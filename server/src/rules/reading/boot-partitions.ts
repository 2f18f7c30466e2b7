import type { Place } from "../../eval/origin.ts";
import { NixAttrs } from "../../eval/value.ts";
import type { FileSystem, Host } from "../../host/host.ts";
import { normalise } from "../../host/paths.ts";
import { childrenOf, itemNode, openOf, read, readItems, readString } from "../../host/read-values.ts";
import { diskoContents } from "./disko-contents.ts";

/** A directory that GRUB is installed to, of several (`boot.loader.grub.mirroredBoots`). */
export interface MirroredBoot {
  readonly path: string;
  readonly place: Place | undefined;
}

/** The directories of `mirroredBoots`; undefined where there may be others. */
export function mirroredBoots({ config }: Host): readonly MirroredBoot[] | undefined {
  const option = config.at("boot", "loader", "grub", "mirroredBoots");
  if (option.isDefined() === false) return [];
  const { items, open } = readItems(option);
  if (open.length > 0) return undefined;
  const boots = items.map((item): MirroredBoot | undefined => {
    if (item.certain.answer !== "yes" || !(item.value instanceof NixAttrs)) return undefined;
    const path = readString(itemNode(item, option.path).child("path"));
    return path?.known ? { path: normalise(path.value), place: path.place ?? item.place } : undefined;
  });
  return boots.every((boot) => boot !== undefined) ? boots : undefined;
}

/** An EFI system partition that disko makes and mounts, on one of several disks that hold the same data. */
export interface TwinPartition {
  readonly disk: string;
  readonly fileSystem: FileSystem;
}

/** The EFI system partitions of the disks of one mirror, in disko's order; empty where there is none. */
export function twinPartitions(host: Host): readonly TwinPartition[] {
  const { config, fileSystems } = host;
  const disks = config.at("disko", "devices", "disk");
  if (disks.isDefined() === false || openOf(disks) !== undefined) return [];
  const mirrored = mirroredDisks(host);
  return diskoContents(config).flatMap(({ type, node, certain }): TwinPartition[] => {
    const disk = diskOf(node.path);
    if (type !== "filesystem" || certain.answer !== "yes" || disk === undefined || !mirrored.has(disk)) return [];
    const format = readString(node.child("format"));
    const point = readString(node.child("mountpoint"));
    if (!format?.known || format.value !== "vfat" || !point?.known) return [];
    const fileSystem = fileSystems.find(
      ({ mountpoint, certain: isThere }) => isThere.answer === "yes" && mountpoint === normalise(point.value),
    );
    return fileSystem ? [{ disk, fileSystem }] : [];
  });
}

function diskOf(path: readonly string[]): string | undefined {
  return path[2] === "disk" ? path[3] : undefined;
}

/** Levels of arrays that live on without one of their disks. */
const REDUNDANT = new Set(["1", "5", "6", "10"]);

/** The disks of pools and arrays of which each holds a copy, or enough of one to do without another disk. */
function mirroredDisks({ config }: Host): ReadonlySet<string> {
  const devices = config.at("disko", "devices");
  const contents = diskoContents(config);
  const groups = [
    ...childrenOf(devices.child("zpool")).map(({ name, node, certain }) => {
      const mode = readString(node.child("mode"));
      const isSafe = certain.answer === "yes" && mode?.known === true && /^(mirror|raidz[123]?)$/.test(mode.value);
      return { isSafe, type: "zfs", option: "pool", name };
    }),
    ...childrenOf(devices.child("mdadm")).map(({ name, node, certain }) => {
      const level = node.child("level").isDefined() === false ? undefined : read(node.child("level"));
      const isSafe = certain.answer === "yes" && level?.state === "set" && REDUNDANT.has(String(level.value));
      return { isSafe, type: "mdraid", option: "name", name };
    }),
  ];
  const found = new Set<string>();
  for (const { isSafe, type, option, name } of groups) {
    const members = contents.flatMap(({ type: own, node }) => {
      const of = own === type ? readString(node.child(option)) : undefined;
      return of?.known && of.value === name ? [diskOf(node.path)] : [];
    });
    if (isSafe && new Set(members).size > 1) for (const disk of members) if (disk !== undefined) found.add(disk);
  }
  return found;
}
