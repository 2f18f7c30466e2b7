import type { Host, Rollback } from "../../host/host.ts";
import { read, readTexts } from "../../host/read-values.ts";
import { comesBeforeRoot } from "../../host/root-order.ts";
import { isSeenInPart } from "../reading/unit-in-parts.ts";
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
      if (rollback.stage !== "initrd-systemd" || !isOfRoot(host, rollback)) continue;
      const unit = host.units.find(({ stage, name }) => stage === "initrd" && name === rollback.option[4]);
      if (!unit || isSeenInPart(host, unit) || unit.before.some(({ text }) => comesBeforeRoot(text))) continue;
      // An order that other units or free text may give is not known here.
      const { node } = unit;
      const isOpen =
        readTexts(node.child("before")).open.length > 0 ||
        read(node.child("unitConfig").child("Before")).state !== "absent" ||
        host.config.at("boot", "initrd", "systemd", "mounts").isDefined() !== false;
      if (isOpen || node.open() !== undefined) continue;
      const late = unit.after.find(({ text }) => /^(sysroot\.mount|initrd-root-fs\.target)$/.test(text));
      report({
        at: late?.place ?? unit.place,
        message: late
          ? `\`${unit.name}\` comes after \`${late.text}\`: when the script moves or deletes the root, it is mounted already, and the host runs on with the old one.`
          : `Nothing puts \`${unit.name}\` before \`sysroot.mount\`: systemd starts both at the same time, and when the root is mounted first the script moves or deletes the root that the host is about to run on.`,
        help: `Set before = [ "sysroot.mount" ], after and requires on the device of the root, and unitConfig.DefaultDependencies = false.`,
        related: [{ place: rollback.place, message: "the script that empties the root" }],
      });
    }
  },
});

/** Whether it empties the root, or means to and names another device: one mistake must not hide the next. */
function isOfRoot({ fileSystems }: Host, { wipesRoot, wipes }: Rollback): boolean {
  const root = fileSystems.find(({ mountpoint }) => mountpoint === "/")?.subvolume;
  return (
    wipesRoot.answer === "yes" || (wipesRoot.answer === "no" && root?.known === true && wipes.includes(root.value))
  );
}
