import { childrenOf, readString } from "../../host/read-values.ts";
import { defineRule } from "../rule.ts";

/** Names that the kernel gives out in the order in which it finds disks. */
const BY_ORDER = /^\/dev\/(sd[a-z]+|nvme\d+n\d+|mmcblk\d+|hd[a-z])$/;

/** With several disks, the one that is formatted is whichever was found first. */
export const unstableDiskNames = defineRule({
  code: "IMP210",
  name: "unstable-disk-names",
  group: "disko",
  severity: "information",
  since: "0.1.0",

  check({ host, report }) {
    const disks = childrenOf(host.config.at("disko", "devices", "disk")).flatMap(({ name, node, certain }) => {
      const device = readString(node.child("device"));
      return certain.answer === "yes" && device?.known && BY_ORDER.test(device.value) ? [{ name, device }] : [];
    });
    // Of two kinds of disks, such as sda and nvme0n1, each keeps its name.
    for (const kind of ["sd", "nvme", "mmcblk", "hd"]) {
      const alike = disks.filter(({ device }) => device.value.startsWith(`/dev/${kind}`));
      const [first, ...others] = alike;
      if (!first || others.length === 0) continue;
      report({
        at: first.device.place,
        message: `\`${first.device.value}\` is the name of this disk in the order in which the kernel found it at one boot, and so is that of ${others.map(({ device }) => `\`${device.value}\``).join(", ")}. At the next they may be exchanged: disko then formats the wrong one.`,
        help: "Name disks by /dev/disk/by-id/…, which holds model and serial number.",
        related: others.map(({ name, device }) => ({ place: device.place, message: `the disk \`${name}\`` })),
      });
    }
  },
});
