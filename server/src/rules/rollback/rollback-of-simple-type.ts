import { offer } from "../../edits/fix-plan.ts";
import { setOption } from "../../edits/option-edit.ts";
import { isNamed, openOf, readString } from "../../host/read-values.ts";
import { comesBeforeRoot } from "../../host/root-order.ts";
import { defineRule } from "../rule.ts";

/** A rollback in the initrd's systemd for whose end the mount of the root does not wait. */
export const rollbackOfSimpleType = defineRule({
  code: "IMP519",
  name: "rollback-of-simple-type",
  group: "rollback",
  severity: "error",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    for (const rollback of host.rollbacks) {
      if (rollback.stage !== "initrd-systemd" || rollback.wipesRoot.answer === "no") continue;
      const unit = host.units.find(({ stage, name }) => stage === "initrd" && name === rollback.option[4]);
      // What stands before the main program is waited for, whatever the type is.
      const main = rollback.option.at(-1);
      if (unit?.certain.answer !== "yes" || (main !== "script" && main !== "ExecStart")) continue;
      if (!unit.before.some(({ text }) => comesBeforeRoot(text))) continue;
      const service = unit.node.child("serviceConfig");
      if (openOf(unit.node) || openOf(service)) continue;
      const type = isNamed(service, "Type") ? readString(service.child("Type")) : undefined;
      if (type?.known === false || (type && !/^(simple|exec|idle)$/.test(type.value))) continue;
      report({
        at: type?.place ?? unit.place,
        message: `\`${unit.name}\` is a service of type ${type ? type.value : "simple, which is the default"}: for systemd it has started as soon as its process is there, and \`sysroot.mount\`, which is ordered after it, does not wait for the script to end. The root is mounted while it is being moved or deleted; which of the two is first differs from boot to boot.`,
        help: 'Set serviceConfig.Type = "oneshot": such a unit has started when its script has ended.',
        related: [{ place: rollback.place, message: "the script that empties the root" }],
        fixes: () =>
          offer(
            setOption(
              context,
              ["boot", "initrd", "systemd", "services", unit.name, "serviceConfig", "Type"],
              '"oneshot"',
            ),
            { title: 'Set Type = "oneshot"', safety: "safe", preferred: true },
          ),
      });
    }
  },
});
