import type { Host, Unit } from "../../host/host.ts";
import { read, readTexts } from "../../host/read-values.ts";
import { isWithoutDefaults } from "../reading/unit-relations.ts";
import { defineRule } from "../rule.ts";

/** A rollback in the initrd's systemd that waits for nothing, not even for the disk that it mounts. */
export const rollbackBeforeDevice = defineRule({
  code: "IMP524",
  name: "rollback-before-device",
  group: "rollback",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    for (const rollback of host.rollbacks) {
      if (rollback.stage !== "initrd-systemd" || rollback.technique === "zfs" || rollback.wipesRoot.answer === "no")
        continue;
      const unit = host.units.find(({ stage, name }) => stage === "initrd" && name === rollback.option[4]);
      if (unit?.certain.answer !== "yes" || unit.after.length > 0 || mayWait(host, unit)) continue;
      // A script may wait by itself.
      if (/\b(until|while\s+(!|\[)|sleep|udevadm|cryptsetup|dmsetup|vgchange|lvm)\b/.test(rollback.script.text))
        continue;
      const device = rollback.device?.known ? `\`${rollback.device.value}\`` : "the disk";
      const required = requiredOf(unit);
      report({
        at: required?.place ?? unit.place,
        message: `\`${unit.name}\` starts with the initrd itself: it has no \`after\`, and \`DefaultDependencies\` is off.${
          required ? ` \`requires\` orders nothing: systemd starts it at the same time as \`${required.text}\`.` : ""
        } The script mounts ${device} before the disk is found${/mapper/.test(device) ? " or opened" : ""}, fails, and the root is not emptied; on a fast disk it may work now and then.`,
        help: 'Order it after its disk: after and requires on the unit of the device, on "systemd-cryptsetup@NAME.service", or on "initrd-root-device.target".',
        related: [{ place: rollback.place, message: "the script that empties the root" }],
      });
    }
  },
});

function requiredOf({ node }: Unit) {
  return ["requires", "bindsTo"].flatMap((relation) => readTexts(node.child(relation)).texts)[0];
}

/** Whether something may order the unit after another one. */
function mayWait(host: Host, unit: Unit): boolean {
  const { name, node, scripts } = unit;
  const settings = node.child("unitConfig");
  if (!isWithoutDefaults(unit) || node.open() !== undefined || scripts.length > 1) return true;
  const isSet = ["After", "RequiresMountsFor"].some((key) => read(settings.child(key)).state !== "absent");
  const isOpen = ["after", "requires", "bindsTo"].some((key) => readTexts(node.child(key)).open.length > 0);
  const byOthers = host.units.some(
    (other) => other.stage === "initrd" && other.before.some((before) => before.text === `${name}.service`),
  );
  return isSet || isOpen || byOthers || host.config.at("boot", "initrd", "systemd", "targets").isDefined() !== false;
}
