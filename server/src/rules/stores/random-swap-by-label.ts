import { itemNode, readBoolean, readItems, readString } from "../../host/read-values.ts";
import { defineRule } from "../rule.ts";

/** Swap that is encrypted anew at every boot, under a name that is written into the partition. */
export const randomSwapByLabel = defineRule({
  code: "IMP314",
  name: "random-swap-by-label",
  group: "stores",
  severity: "error",
  since: "0.1.0",

  check({ host, report }) {
    const option = host.config.child("swapDevices");
    for (const [index, item] of readItems(option).items.entries()) {
      const node = itemNode(item, [...option.path, String(index)]);
      const device = readString(node.child("device"));
      const random = node.child("randomEncryption");
      const isRandom = [readBoolean(random), readBoolean(random.child("enable"))].some(
        (flag) => flag?.known && flag.value,
      );
      if (item.certain.answer !== "yes" || !isRandom || !device?.known) continue;
      const kind = /^\/dev\/disk\/by-(label|uuid)\//.exec(device.value)?.[1];
      if (kind === undefined) continue;
      report({
        at: device.place ?? item.place,
        message: `\`${device.value}\` is a ${kind === "label" ? "label" : "UUID"} that stands in the swap area itself, and \`randomEncryption\` writes over that at every boot: the name is gone after the first one. NixOS refuses to build such a host.`,
        help: "Name the partition: /dev/disk/by-partuuid/… or /dev/disk/by-partlabel/… is kept in the partition table.",
      });
    }
  },
});
