import type { FileSystem, Host } from "../../host/host.ts";
import { readTexts } from "../../host/read-values.ts";
import { splitOptions } from "../reading/btrfs-mounts.ts";
import { mayOpenOthers } from "../reading/late-disks.ts";
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
    if (opened.length === 0 || host.fileSystemsOpen !== undefined || mayBeSetElsewhere(host) || mayOpenOthers(host))
      return;
    const said = new Set<string>();
    for (const fs of host.fileSystems) {
      if (fs.certain.answer !== "yes") continue;
      const { mountpoint } = fs;
      for (const { device, place, isMember } of disksOf(fs)) {
        // A hyphen may be one of a volume of LVM.
        const name = /^\/dev\/mapper\/([^/-]+)$/.exec(device)?.[1];
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
  },
});

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
