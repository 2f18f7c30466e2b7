import type { Place } from "../../eval/origin.ts";
import type { Script } from "../../host/host.ts";
import { perItem } from "../../host/per-item.ts";
import { childrenOf, read } from "../../host/read-values.ts";
import { defineRule } from "../rule.ts";

/** A setting of the kernel that the configuration gives one value, and a script of it another. */
export const sysctlSetTwice = defineRule({
  code: "IMP706",
  name: "sysctl-set-twice",
  group: "units",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    const declared = new Map<string, { value: string; place: Place | undefined }>();
    for (const { name, node, certain } of childrenOf(host.config.at("boot", "kernel", "sysctl"))) {
      const reading = read(node);
      if (certain.answer !== "yes" || reading.state !== "set") continue;
      const { value, place } = reading;
      if (typeof value === "string" || typeof value === "number" || typeof value === "bigint") {
        declared.set(name, { value: String(value).trim(), place });
      }
    }
    const seen = new Set<string>();
    for (const { name, value, place, unit } of scriptWrites(host.scripts)) {
      const other = declared.get(name);
      // One script may be that of several units.
      const key = `${name} ${place?.file}:${place?.start}`;
      if (!other || other.value === value || seen.has(key)) continue;
      seen.add(key);
      report({
        at: place,
        message: `\`${name}\` is set to ${value} here, and to ${other.value} in \`boot.kernel.sysctl\`. Which of the two holds depends on what ran last: systemd-sysctl at boot, or ${unit}.`,
        help: "Keep one of them, best the one in boot.kernel.sysctl.",
        related: [{ place: other.place, message: `set to ${other.value}` }],
      });
    }
  },
});

interface Write {
  readonly name: string;
  readonly value: string;
  readonly place: Place | undefined;
  readonly unit: string;
}

/** `echo 5 > /proc/sys/vm/x` and `sysctl -w vm.x=5` in scripts. */
const scriptWrites = perItem((script: Script): readonly Write[] => {
  const echo = /\becho\s+(?:-n\s+)?["']?([\w.-]+)["']?\s*>\s*\/proc\/sys\/([\w./-]+)/g;
  const sysctl = /\bsysctl\s+(?:-[a-z]+\s+)*([\w.-]+)=["']?([\w.-]+)/g;
  const writes = [
    ...[...script.text.matchAll(echo)].map((match) => ({ match, value: match[1], name: match[2] })),
    ...[...script.text.matchAll(sysctl)].map((match) => ({ match, value: match[2], name: match[1] })),
  ];
  return writes.map(({ match, value = "", name = "" }) => ({
    name: name.replaceAll("/", "."),
    value,
    place: script.placeOf(match.index, match.index + match[0].length) ?? script.place,
    unit: `the script in \`${script.option.join(".")}\``,
  }));
});
