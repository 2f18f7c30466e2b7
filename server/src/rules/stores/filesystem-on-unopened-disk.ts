import type { Host } from "../../host/host.ts";
import { childrenOf, openOf, readTexts } from "../../host/read-values.ts";
import { luksDisks } from "../reading/luks-disks.ts";
import { nearestName } from "../reading/nearest-name.ts";
import { mayBeSetElsewhere } from "../reading/unread-modules.ts";
import { defineRule } from "../rule.ts";

/** A filesystem on `/dev/mapper/NAME`, where no disk is opened under that name. */
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
    for (const { mountpoint, device, certain, place, mountedInInitrd } of host.fileSystems) {
      // A hyphen may be one of a volume of LVM.
      const name = device.known ? /^\/dev\/mapper\/([^/-]+)$/.exec(device.value)?.[1] : undefined;
      if (certain.answer !== "yes" || name === undefined || opened.includes(name) || said.has(name)) continue;
      if (host.scripts.some(({ text }) => text.includes(name)) || isInCrypttab(host, name)) continue;
      said.add(name);
      const near = nearestName(name, opened);
      report({
        at: (device.known ? device.place : undefined) ?? place,
        message: `\`${mountpoint}\` is on \`/dev/mapper/${name}\`, and nothing opens a disk as \`${name}\`${near ? ` (one is opened as \`${near}\`)` : ""}: ${mountedInInitrd.answer === "yes" ? "the boot waits for it and stops" : "it is not mounted"}.`,
        help: near
          ? `Give both one name: \`${near}\` or \`${name}\`.`
          : `Open it: boot.initrd.luks.devices.${name}.device = "/dev/disk/by-…".`,
      });
    }
  },
});

function mayOpenOthers(host: Host): boolean {
  const initrd = host.config.at("boot", "initrd");
  const kernel = readTexts(host.config.at("boot", "kernelParams"));
  return (
    openOf(initrd.at("luks", "devices")) !== undefined ||
    kernel.open.length > 0 ||
    kernel.texts.some(({ text }) => /^(rd\.)?luks/.test(text)) ||
    initrd.at("systemd", "contents").isDefined() !== false ||
    childrenOf(initrd.at("luks", "devices")).some(({ certain }) => certain.answer !== "yes") ||
    host.config.at("services", "multipath").isDefined() !== false
  );
}

/** Whether a crypttab of the host speaks of it, or may. */
function isInCrypttab({ config }: Host, name: string): boolean {
  const crypttab = config.at("environment", "etc", "crypttab");
  if (crypttab.isDefined() === false) return false;
  const { texts, open } = readTexts(crypttab.child("text"));
  return open.length > 0 || texts.length === 0 || texts.some(({ text }) => text.includes(name));
}
