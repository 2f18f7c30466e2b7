import type { Host } from "../../host/host.ts";
import { childrenOf, isNamed, openOf, readBoolean } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { type GptDisk, gptDisks, grubDisks } from "../reading/grub-disks.ts";
import { mayBeSetElsewhere } from "../reading/unread-modules.ts";
import { defineRule } from "../rule.ts";

/** GRUB is installed for BIOS to a GPT disk without the partition that it puts its code into. */
export const missingBiosPartition = defineRule({
  code: "IMP226",
  name: "missing-bios-partition",
  group: "disko",
  severity: "error",
  since: "0.1.0",

  check({ host, report }) {
    const grub = host.config.at("boot", "loader", "grub");
    if (!isUsed(host, grub) || mayBeSetElsewhere(host)) return;
    const disks = gptDisks(host.config);
    if (disks.length === 0) return;
    for (const { text, place } of grubDisks(grub)) {
      const disk = disks.find((one) => one.device === text) ?? onlyDisk(host, disks, text);
      if (!disk || disk.biosPartition !== "no") continue;
      report({
        at: place,
        message: `GRUB is installed for BIOS to \`${text}\`, and disko gives that disk a GPT without a BIOS boot partition (type EF02), where GRUB puts its code. grub-install refuses ("this GPT partition label contains no BIOS Boot Partition", "will not proceed with blocklists"): the installation fails, and the host does not start from this disk by BIOS.`,
        help: 'Add a partition: bios = { size = "1M"; type = "EF02"; priority = 1; }; with it disko sets boot.loader.grub.devices by itself. For a host that starts by EFI write device = "nodev"; and efiSupport = true;.',
        related: [{ place: disk.place, message: "the partitions of the disk" }],
      });
    }
  },
});

/** Whether GRUB certainly installs itself, and does not go on without the partition; other platforms have no BIOS. */
function isUsed({ system }: Host, grub: OptionNode): boolean {
  if (grub.isDefined() === false || (system.known && !/^(x86_64|i686)-/.test(system.value))) return false;
  const enabled = readBoolean(grub.child("enable"));
  const forced = readBoolean(grub.child("forceInstall"));
  return enabled?.known === true && enabled.value && (forced === undefined || (forced.known && !forced.value));
}

/** The disk of a host that has no other, whatever name GRUB has for it. */
function onlyDisk({ config }: Host, disks: readonly GptDisk[], device: string): GptDisk | undefined {
  const all = config.at("disko", "devices", "disk");
  const [disk] = disks;
  if (!disk || disks.length > 1 || all.names().length > 1 || openOf(all) || !/^\/dev\/[a-z]+\w*$/.test(device))
    return undefined;
  const others = childrenOf(config.child("fileSystems")).some(({ node }) => isNamed(node, "device"));
  return others || /^\/dev\/(sd|vd|nvme|xvd|hd)\w+$/.test(disk.device ?? "") ? undefined : disk;
}
