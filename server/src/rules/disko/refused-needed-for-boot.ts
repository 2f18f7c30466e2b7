import { offer } from "../../edits/fix-plan.ts";
import { removeBindingAt } from "../../edits/place-edit.ts";
import { bindingAt, readBoolean } from "../../host/read-values.ts";
import { defineRule } from "../rule.ts";

/** disko says `neededForBoot = true` for bcachefs itself, and NixOS refuses two answers. */
export const refusedNeededForBoot = defineRule({
  code: "IMP206",
  name: "refused-needed-for-boot",
  group: "disko",
  severity: "error",
  since: "0.1.0",

  check(context) {
    for (const fs of context.host.fileSystems) {
      if (fs.declaredBy !== "both" || fs.certain.answer !== "yes") continue;
      if (!fs.fsType.known || fs.fsType.value !== "bcachefs") continue;
      const flag = context.host.config.at("fileSystems", fs.mountpoint, "neededForBoot");
      const value = readBoolean(flag);
      const definition = flag.definitions().at(-1);
      if (!value?.known || value.value || definition?.condition !== true || definition.priority !== 100) continue;
      context.report({
        at: value.place,
        message: `disko sets \`neededForBoot = true\` for every bcachefs mount, and this says false for \`${fs.mountpoint}\`. NixOS refuses to evaluate: the option has conflicting definition values.`,
        help: "Remove it, or write lib.mkForce false if the initrd really must not mount it.",
        related: [{ place: fs.disko?.place, message: "declared to disko here" }],
        fixes: () =>
          offer(removeBindingAt(context, bindingAt(flag)), {
            title: "Remove `neededForBoot = false`",
            safety: "safe",
            preferred: true,
          }),
      });
    }
  },
});
