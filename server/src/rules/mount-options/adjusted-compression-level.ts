import { offer } from "../../edits/fix-plan.ts";
import { replaceStringAt } from "../../edits/place-edit.ts";
import { splitOptions } from "../reading/btrfs-mounts.ts";
import { defineRule } from "../rule.ts";

/** The kernel takes a level that an algorithm does not have, and uses another one. */
export const adjustedCompressionLevel = defineRule({
  code: "IMP114",
  name: "adjusted-compression-level",
  group: "mount-options",
  severity: "information",
  since: "0.1.0",

  check(context) {
    for (const fs of context.host.fileSystems) {
      if (!fs.fsType.known || fs.fsType.value !== "btrfs" || fs.certain.answer === "no") continue;
      for (const option of splitOptions(fs.options)) {
        const match = /^(compress(?:-force)?)=(zlib|lzo|zstd):(-?\d+)$/.exec(option.text);
        if (!match || !option.certain) continue;
        const [, key, algorithm = "", level] = match;
        const used = levelInUse(algorithm, Number(level));
        if (used === undefined) continue;
        const right = `${key}=${algorithm}${used === "" ? "" : `:${used}`}`;
        context.report({
          at: option.place ?? fs.place,
          message: `\`${option.text}\` is mounted as \`${right}\`: ${why(algorithm)}. Nothing says so.`,
          help: `Write what is meant: \`${right}\`, or another level.`,
          fixes: () =>
            option.whole
              ? offer(replaceStringAt(context, option.place, right), {
                  title: `Write \`${right}\`, which is what is mounted`,
                  safety: "safe",
                })
              : [],
        });
      }
    }
  },
});

/** The level that btrfs uses in place of one that does not exist; undefined when the level is used as it is. */
function levelInUse(algorithm: string, level: number): string | undefined {
  if (algorithm === "lzo") return "";
  // Below 1, zstd has levels on new kernels only; what older ones make of them is not judged.
  if (algorithm === "zstd") return level > 15 ? "15" : level === 0 ? "3" : level < -15 ? "-15" : undefined;
  return level > 9 ? "9" : level === 0 ? "3" : undefined;
}

function why(algorithm: string): string {
  if (algorithm === "lzo") return "lzo has no levels";
  return algorithm === "zstd" ? "the levels of zstd in btrfs go from 1 to 15" : "the levels of zlib go from 1 to 9";
}
