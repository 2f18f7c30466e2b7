import { offer } from "../../edits/fix-plan.ts";
import { replaceStringAt } from "../../edits/place-edit.ts";
import { readTexts } from "../../host/read-values.ts";
import { defineRule } from "../rule.ts";

/** Groups of settings below /proc/sys; no module of the kernel has such a name. `net.ifnames` belongs to systemd. */
const SETTING = /^(vm|net[./](bridge|core|ipv4|ipv6|netfilter|unix)|kernel|fs|user)[./][\w./-]+=/;

/** A setting of /proc/sys on the kernel's command line, where it is a parameter of a module that does not exist. */
export const sysctlWithoutPrefix = defineRule({
  code: "IMP711",
  name: "sysctl-without-prefix",
  group: "units",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    for (const { text, place, certain } of readTexts(context.host.config.at("boot", "kernelParams")).texts) {
      const [setting, ...rest] = text.split("=");
      if (certain.answer === "no" || !SETTING.test(text) || setting === undefined) continue;
      context.report({
        at: place,
        message: `\`${text}\` on the kernel's command line has no effect: without \`sysctl.\` in front it is taken for the parameter \`${setting.split(/[./]/).slice(1).join(".")}\` of a module \`${setting.split(/[./]/)[0]}\`, which there is not.`,
        help: `Set boot.kernel.sysctl."${setting.replaceAll("/", ".")}" = ${rest.join("=")}; or write \`sysctl.${text}\`.`,
        fixes: () =>
          offer(replaceStringAt(context, place, `sysctl.${text}`), {
            title: `Write sysctl.${setting}`,
            safety: "unsafe",
            note: "The setting takes effect from then on, which it did not before.",
          }),
      });
    }
  },
});
