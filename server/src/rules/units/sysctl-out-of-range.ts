import type { Place } from "../../eval/origin.ts";
import { childrenOf, read } from "../../host/read-values.ts";
import { defineRule, type RuleContext } from "../rule.ts";

/** What the kernel accepts. Source of truth: writes to /proc/sys on Linux 6.18 and Documentation/admin-guide/sysctl/vm.rst. */
const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  "vm.dirty_ratio": [0, 100],
  "vm.dirty_background_ratio": [0, 100],
  "vm.swappiness": [0, 200],
  "vm.overcommit_memory": [0, 2],
  "vm.vfs_cache_pressure": [0, 2_147_483_647],
};

/** The kernel refuses values outside a setting's range; the old value stays. */
export const sysctlOutOfRange = defineRule({
  code: "IMP703",
  name: "sysctl-out-of-range",
  group: "units",
  severity: "error",
  since: "0.1.0",

  check(context) {
    for (const { name, node } of childrenOf(context.host.config.at("boot", "kernel", "sysctl"))) {
      const reading = read(node);
      if (reading.state !== "set") continue;
      const value = typeof reading.value === "string" ? Number(reading.value) : reading.value;
      if (typeof value === "number")
        judge(context, name, value, reading.place, "systemd-sysctl logs an error and goes on");
    }
    for (const script of context.host.scripts) {
      for (const match of script.text.matchAll(/\becho\s+(?:-n\s+)?["']?(-?\d+)["']?\s*>\s*\/proc\/sys\/([\w./-]+)/g)) {
        const value = match[1] ?? "";
        const start = match.index + match[0].indexOf(value);
        const name = (match[2] ?? "").replaceAll("/", ".");
        judge(
          context,
          name,
          Number(value),
          script.placeOf(start, start + value.length) ?? script.place,
          "the write fails, and under `set -e` the script ends there",
        );
      }
    }
  },
});

function judge(context: RuleContext, name: string, value: number, at: Place | undefined, consequence: string): void {
  const range = RANGES[name];
  if (!range || (value >= range[0] && value <= range[1])) return;
  context.report({
    at,
    message: `\`${name}\` takes ${range[0]} to ${range[1]}, not ${value}: the kernel refuses it, ${consequence}. The old value stays in force.`,
    help: name.startsWith("vm.dirty")
      ? "It is a percentage of memory. For an amount use vm.dirty_bytes and vm.dirty_background_bytes."
      : `Choose a value from ${range[0]} to ${range[1]}.`,
  });
}
