import { read, readTexts } from "../../host/read-values.ts";
import { comesBeforeRoot } from "../../host/root-order.ts";
import { defineRule } from "../rule.ts";

/** A rollback in the initrd's systemd that nothing puts before the mount of the root. */
export const initrdRollbackWithoutOrder = defineRule({
  code: "IMP509",
  name: "initrd-rollback-without-order",
  group: "rollback",
  severity: "error",
  since: "0.1.0",

  check({ host, report }) {
    for (const rollback of host.rollbacks) {
      if (rollback.stage !== "initrd-systemd" || rollback.wipesRoot.answer !== "yes") continue;
      const unit = host.units.find(({ stage, name }) => stage === "initrd" && name === rollback.option[4]);
      if (!unit || unit.before.some(({ text }) => comesBeforeRoot(text))) continue;
      // An order that other units or free text may give is not known here.
      const { node } = unit;
      const isOpen =
        readTexts(node.child("before")).open.length > 0 ||
        read(node.child("unitConfig").child("Before")).state !== "absent" ||
        host.config.at("boot", "initrd", "systemd", "mounts").isDefined() !== false;
      if (isOpen || node.open() !== undefined) continue;
      report({
        at: unit.place,
        message: `Nothing puts \`${unit.name}\` before \`sysroot.mount\`: systemd starts both at the same time, and when the root is mounted first the script moves or deletes the root that the host is about to run on.`,
        help: `Set before = [ "sysroot.mount" ], after and requires on the device of the root, and unitConfig.DefaultDependencies = false.`,
        related: [{ place: rollback.place, message: "the script that empties the root" }],
      });
    }
  },
});
