import { offer } from "../../edits/fix-plan.ts";
import { replaceStringAt } from "../../edits/place-edit.ts";
import { isPerMount, optionKey, splitOptions } from "../reading/btrfs-mounts.ts";
import { BTRFS_OPTIONS, isBtrfsOption } from "../reading/btrfs-options.ts";
import { nearestName } from "../reading/nearest-name.ts";
import { defineRule } from "../rule.ts";

/** Mistakes that no spelling distance finds. */
const MEANT: readonly [RegExp, (match: RegExpExecArray) => string][] = [
  [/^compress(?:ion)?[-:](zstd|zlib|lzo)(:\d+)?$/, (match) => `compress=${match[1]}${match[2] ?? ""}`],
  [/^compression=(.+)$/, (match) => `compress=${match[1]}`],
  [/^(zstd|zlib|lzo)(:\d+)?$/, (match) => `compress=${match[1]}${match[2] ?? ""}`],
  [/^compress(-force)?=(lz4|gzip|xz)$/, (match) => `compress${match[1] ?? ""}=zstd`],
];

/** One option the kernel does not know makes the whole mount fail. */
export const unknownMountOption = defineRule({
  code: "IMP106",
  name: "unknown-mount-option",
  group: "mount-options",
  severity: "error",
  since: "0.1.0",

  check(context) {
    for (const fs of context.host.fileSystems) {
      if (!fs.fsType.known || fs.fsType.value !== "btrfs") continue;
      for (const option of splitOptions(fs.options)) {
        if (!option.certain || option.from === "derived" || isPerMount(option.text)) continue;
        const key = optionKey(option.text);
        if (isBtrfsOption(option.text)) continue;
        const suggestion = suggest(option.text, key);
        const boot = fs.mountedInInitrd.answer === "yes" ? " The host does not boot without it." : "";
        context.report({
          at: option.place ?? fs.place,
          message: `btrfs refuses \`${option.text}\`${BTRFS_OPTIONS.has(key) ? ` (${key} does not take this value)` : ""}: mounting \`${fs.mountpoint}\` fails with "wrong fs type, bad option".${boot}`,
          help: suggestion
            ? `Did you mean \`${suggestion}\`?`
            : "Remove it, or write it as btrfs(5) has it. Options for systemd start with `x-systemd.`.",
          fixes: () =>
            suggestion && option.whole
              ? offer(replaceStringAt(context, option.place, suggestion), {
                  title: `Change to \`${suggestion}\``,
                  safety: "unsafe",
                })
              : [],
        });
      }
    }
  },
});

function suggest(text: string, key: string): string | undefined {
  for (const [pattern, meant] of MEANT) {
    const match = pattern.exec(text);
    if (match) return meant(match);
  }
  const name = BTRFS_OPTIONS.has(key)
    ? undefined
    : nearestName(key, [...BTRFS_OPTIONS.keys(), "noatime", "relatime", "subvol", "nofail"]);
  return name && name + text.slice(key.length);
}
