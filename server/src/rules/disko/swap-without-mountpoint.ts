import { childrenOf, nameAt, openOf, readStringOrNull } from "../../host/read-values.ts";
import { defineRule } from "../rule.ts";

/** disko puts the mountpoint in front of the swap file's path, and there is none. */
export const swapWithoutMountpoint = defineRule({
  code: "IMP207",
  name: "swap-without-mountpoint",
  group: "disko",
  severity: "error",
  since: "0.1.0",

  check({ host, report }) {
    for (const { fsType, path, writtenAsList } of host.layouts) {
      if (fsType !== "btrfs" || writtenAsList) continue;
      for (const { name, node, certain } of childrenOf(host.config.at(...path))) {
        const mountpoint = readStringOrNull(node.child("mountpoint"));
        if (
          certain.answer !== "yes" ||
          openOf(node) ||
          (mountpoint && (!mountpoint.known || mountpoint.value !== null))
        )
          continue;
        const swap = node.child("swap");
        const file = childrenOf(swap).find((one) => one.certain.answer === "yes");
        if (!file) continue;
        report({
          at: nameAt(file.node) ?? nameAt(swap),
          message: `The subvolume \`${name}\` has a swap file and no mountpoint. disko joins the two to the file's path, so the configuration does not evaluate ("cannot coerce null to a string").`,
          help: 'Give the subvolume a mountpoint, e.g. mountpoint = "/.swap";',
        });
      }
    }
  },
});
