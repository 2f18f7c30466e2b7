import type { Place } from "../../eval/origin.ts";
import type { FileSystem, Host } from "../../host/host.ts";
import { itemNode, readItems, readString, readTexts } from "../../host/read-values.ts";
import { splitOptions } from "../reading/btrfs-mounts.ts";
import { type CrypttabLine, crypttabLines, mayOpenOthers } from "../reading/late-disks.ts";
import { luksDisks } from "../reading/luks-disks.ts";
import { nearestName } from "../reading/nearest-name.ts";
import { mayBeSetElsewhere } from "../reading/unread-modules.ts";
import { defineRule } from "../rule.ts";

/** A filesystem on `/dev/mapper/NAME`, alone or among others, where no disk is opened under that name. */
export const filesystemOnUnopenedDisk = defineRule({
  code: "IMP320",
  name: "filesystem-on-unopened-disk",
  group: "stores",
  severity: "error",
  since: "0.1.0",

  check({ host, report }) {
    const opened = luksDisks(host).map(({ name }) => name);
    if (host.fileSystemsOpen !== undefined || mayBeSetElsewhere(host) || mayOpenOthers(host)) return;
    const said = new Set<string>();
    for (const fs of host.fileSystems) {
      const line = openedTooLate(host, fs, opened);
      if (!line || said.has(line.name)) continue;
      said.add(line.name);
      report({
        at: fs.device.known ? (fs.device.place ?? fs.place) : fs.place,
        message: `The initrd mounts \`${fs.mountpoint}\` from \`/dev/mapper/${line.name}\`, which only /etc/crypttab opens: that is read in the running system, after the initrd. The boot waits for the disk and stops.`,
        help: `Let the initrd open it, in place of the line in crypttab: boot.initrd.luks.devices.${line.name}.device = "${line.device.startsWith("/") ? line.device : "/dev/disk/by-…"}";`,
        related: [{ place: line.place, message: "it is opened by this, too late" }],
      });
    }
    if (opened.length === 0) return;
    for (const fs of host.fileSystems) {
      if (fs.certain.answer !== "yes") continue;
      const { mountpoint } = fs;
      for (const { device, place, isMember } of disksOf(fs)) {
        const name = MAPPED.exec(device)?.[1];
        if (name === undefined || opened.includes(name) || said.has(name)) continue;
        if (host.scripts.some(({ text }) => text.includes(name)) || isInCrypttab(host, name)) continue;
        said.add(name);
        // The slip is a likely one only where the other disk is not one of this filesystem itself.
        const near = isMember ? undefined : nearestName(name, opened);
        const inInitrd = fs.mountedInInitrd.answer === "yes";
        report({
          at: place ?? fs.place,
          message: isMember
            ? `\`${mountpoint}\` is a filesystem of several disks, one of which is \`${device}\`, and nothing opens a disk as \`${name}\`: the mount fails, as btrfs wants all of them${inInitrd ? ", and the boot stops there" : ""}.`
            : `\`${mountpoint}\` is on \`${device}\`, and nothing opens a disk as \`${name}\`${near ? ` (one is opened as \`${near}\`)` : ""}: ${inInitrd ? "the boot waits for it and stops" : "it is not mounted"}.`,
          help: near
            ? `Give both one name: \`${near}\` or \`${name}\`.`
            : `Open it: boot.initrd.luks.devices.${name}.device = "/dev/disk/by-…".`,
        });
      }
    }
    for (const { device, place } of listedSwaps(host)) {
      const name = MAPPED.exec(device)?.[1];
      if (name === undefined || opened.includes(name) || said.has(name)) continue;
      if (host.scripts.some(({ text }) => text.includes(name)) || isInCrypttab(host, name)) continue;
      said.add(name);
      const near = nearestName(name, [...opened, ...crypttabLines(host).map((line) => line.name)]);
      report({
        at: place,
        severity: "warning",
        message: `The swap is on \`${device}\`, and nothing opens a disk as \`${name}\`${near ? ` (one is opened as \`${near}\`)` : ""}: the boot waits for it for a minute and a half, and the host has no swap.`,
        help: near
          ? `Give both one name: \`${near}\` or \`${name}\`.`
          : `Open it: boot.initrd.luks.devices.${name}.device = "/dev/disk/by-…".`,
      });
    }
  },
});

/** A disk that is opened; a hyphen may be one of a volume of LVM. */
const MAPPED = /^\/dev\/mapper\/([^/-]+)$/;

/** The line of crypttab that opens the disk of a filesystem which the initrd mounts. */
function openedTooLate(host: Host, fs: FileSystem, opened: readonly string[]): CrypttabLine | undefined {
  const { certain, mountedInInitrd, device, options } = fs;
  const name = device.known ? MAPPED.exec(device.value)?.[1] : undefined;
  if (certain.answer !== "yes" || mountedInInitrd.answer !== "yes" || name === undefined || opened.includes(name))
    return undefined;
  if (options.some(({ text }) => /(^|,)(nofail|noauto)(,|$)/.test(text))) return undefined;
  if (host.scripts.some(({ text, option }) => option[0] === "boot" && text.includes(name))) return undefined;
  return crypttabLines(host).find((line) => line.name === name);
}

/** The devices of \`swapDevices\` that certainly are in use. */
function listedSwaps({ config }: Host): readonly { readonly device: string; readonly place: Place | undefined }[] {
  const option = config.child("swapDevices");
  return readItems(option).items.flatMap((item, index) => {
    const node = itemNode(item, [...option.path, String(index)]);
    const device = readString(node.child("device"));
    // One that is encrypted by its own option is opened by that.
    const isOpenedHere = node.child("encrypted").isDefined() !== false;
    const flags = readTexts(node.child("options")).texts;
    if (item.certain.answer !== "yes" || !device?.known || isOpenedHere) return [];
    return flags.some(({ text }) => /^(nofail|noauto)$/.test(text))
      ? []
      : [{ device: device.value, place: device.place }];
  });
}

/** The disk that a filesystem is mounted from, and the others of btrfs that its options name. */
function disksOf({ device, fsType, options }: FileSystem) {
  const from = device.known ? [{ device: device.value, place: device.place, isMember: false }] : [];
  if (!fsType.known || fsType.value !== "btrfs") return from;
  const members = splitOptions(options).flatMap(({ text, place }) =>
    text.startsWith("device=") ? [{ device: text.slice("device=".length), place, isMember: true }] : [],
  );
  return [...from, ...members];
}

/** Whether a crypttab of the host speaks of it, or may. */
function isInCrypttab({ config }: Host, name: string): boolean {
  const crypttab = config.at("environment", "etc", "crypttab");
  if (crypttab.isDefined() === false) return false;
  const { texts, open } = readTexts(crypttab.child("text"));
  return open.length > 0 || texts.length === 0 || texts.some(({ text }) => text.includes(name));
}
