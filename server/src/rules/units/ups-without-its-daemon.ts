import { offer } from "../../edits/fix-plan.ts";
import { setOption } from "../../edits/option-edit.ts";
import { childrenOf, isNamed, nameAt, readBoolean, readString } from "../../host/read-values.ts";
import { defineRule } from "../rule.ts";

/** A UPS on this machine in a mode in which nothing on this machine talks to it. */
export const upsWithoutItsDaemon = defineRule({
  code: "IMP736",
  name: "ups-without-its-daemon",
  group: "units",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    const power = host.config.at("power", "ups");
    if (power.isDefined() === false) return;
    const on = readBoolean(power.child("enable"));
    const mode = isNamed(power, "mode") ? readString(power.child("mode")) : undefined;
    if (!(on?.known && on.value) || !mode?.known || !/^(netclient|none)$/.test(mode.value)) return;
    const [driver] = childrenOf(power.child("ups")).filter(({ certain }) => certain.answer === "yes");
    const monitor = childrenOf(power.at("upsmon", "monitor")).find(({ node, certain }) => {
      const system = isNamed(node, "system") ? readString(node.child("system")) : undefined;
      return certain.answer === "yes" && system?.known === true && /@(localhost|127\.|\[?::1)/.test(system.value);
    });
    if (!driver || !monitor) return;
    report({
      at: mode.place ?? nameAt(power.child("mode")),
      message: `With \`mode = "${mode.value}"\` neither the driver of \`${driver.name}\` nor upsd is started on this machine, and its monitor asks \`localhost\`. upsmon never reaches the UPS: when the power fails, the machine is not shut down.`,
      help: 'Use mode = "standalone"; or "netserver" where other machines ask this one.',
      related: [
        { place: nameAt(driver.node), message: "the UPS of this machine" },
        { place: nameAt(monitor.node), message: "asked here" },
      ],
      fixes: () =>
        offer(setOption(context, ["power", "ups", "mode"], '"standalone"'), {
          title: 'Use mode = "standalone"',
          safety: "unsafe",
          preferred: true,
          note: "The driver and upsd are started from then on.",
        }),
    });
  },
});
