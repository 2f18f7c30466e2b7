import { read } from "../../host/read-values.ts";
import { defineRule } from "../rule.ts";

const PAIRS = [
  ["vm.dirty_background_ratio", "vm.dirty_ratio"],
  ["vm.dirty_background_bytes", "vm.dirty_bytes"],
] as const;

/** The kernel begins to write in the background before it stops programs, and makes up a limit where that cannot be. */
export const backgroundAboveDirtyRatio = defineRule({
  code: "IMP707",
  name: "background-above-dirty-ratio",
  group: "units",
  severity: "information",
  since: "0.1.0",

  check({ host, report }) {
    for (const [lower, upper] of PAIRS) {
      const [background, limit] = [lower, upper].map((name) => {
        const reading = read(host.config.at("boot", "kernel", "sysctl", name));
        const value = reading.state === "set" ? Number(reading.value) : Number.NaN;
        return Number.isFinite(value) && reading.state === "set" ? { value, place: reading.place } : undefined;
      });
      // Zero means that the other pair counts.
      if (!background || !limit || limit.value === 0 || background.value < limit.value) continue;
      report({
        at: background.place,
        message: `\`${lower}\` (${background.value}) is not below \`${upper}\` (${limit.value}). The kernel then uses half of ${limit.value} without a word, so this value has no effect.`,
        help: `Set ${lower} to less than ${upper}; a quarter of it is usual.`,
        related: [{ place: limit.place, message: upper }],
      });
    }
  },
});
