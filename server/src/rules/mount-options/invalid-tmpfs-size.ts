import { offer } from "../../edits/fix-plan.ts";
import { replaceStringAt } from "../../edits/place-edit.ts";
import { splitOptions } from "../reading/btrfs-mounts.ts";
import { defineRule } from "../rule.ts";

/** Below this a size is a number whose unit was forgotten: not even `/etc` fits. */
const LEAST_BYTES = 1024 * 1024;

/** Source of truth: tmpfs(5) and mounts tried on Linux 6.18; the kernel takes one letter of k, m, g, t, p, e, or `%`. */
const SIZE = /^(\d*)([kmgtpe]|%)?$/i;
const MEANT = /^(\d+)\s*([kmgtp])i?b$/i;

/** A size the kernel does not take makes the mount fail, and a root that cannot be mounted is no boot. */
export const invalidTmpfsSize = defineRule({
  code: "IMP111",
  name: "invalid-tmpfs-size",
  group: "mount-options",
  severity: "error",
  since: "0.1.0",

  check(context) {
    for (const fs of context.host.fileSystems) {
      if (!fs.fsType.known || fs.fsType.value !== "tmpfs" || fs.certain.answer === "no") continue;
      for (const option of splitOptions(fs.options)) {
        if (!option.certain || !option.text.startsWith("size=")) continue;
        const size = option.text.slice("size=".length);
        const match = SIZE.exec(size);
        const isTiny =
          match !== null && match[2] === undefined && Number(match[1]) < LEAST_BYTES && Number(match[1]) > 0;
        if (match && !isTiny) continue;
        const meant = meantSize(size);
        context.report({
          at: option.place ?? fs.place,
          message: isTiny
            ? `\`${option.text}\` are ${size} bytes: nothing fits on \`${fs.mountpoint}\`, and writing to it fails with "No space left on device".`
            : `The kernel does not take \`${option.text}\`: mounting \`${fs.mountpoint}\` fails${fs.mountedInInitrd.answer === "yes" ? ", and the host does not boot" : ""}.`,
          help: meant
            ? `Did you mean \`size=${meant}\`?`
            : "Write a number with one letter (`2G`, `512M`) or a share of the memory (`25%`).",
          fixes: () =>
            meant && option.whole
              ? offer(replaceStringAt(context, option.place, `size=${meant}`), {
                  title: `Change to \`size=${meant}\``,
                  safety: "safe",
                })
              : [],
        });
      }
    }
  },
});

function meantSize(size: string): string | undefined {
  const unit = MEANT.exec(size);
  if (unit) return `${unit[1]}${unit[2]?.toUpperCase()}`;
  const share = /^(\d+)\s+%$/.exec(size);
  return share ? `${share[1]}%` : undefined;
}
