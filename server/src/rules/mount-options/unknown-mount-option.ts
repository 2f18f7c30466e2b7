import { offer } from "../../edits/fix-plan.ts";
import { replaceStringAt } from "../../edits/place-edit.ts";
import { isPerMount, optionKey, splitOptions } from "../reading/btrfs-mounts.ts";
import { nearestName } from "../reading/nearest-name.ts";
import { defineRule } from "../rule.ts";

/** Source of truth: btrfs(5) and mount attempts on Linux 6.18. Each works with or without what its pattern says. */
const OPTIONS: ReadonlyMap<string, RegExp> = new Map([
  ...(
    "acl noacl autodefrag noautodefrag barrier nobarrier clear_cache datacow nodatacow datasum nodatasum degraded " +
    "enospc_debug noenospc_debug flushoncommit noflushoncommit nodiscard noinode_cache rescan_uuid_tree skip_balance " +
    "ssd nossd ssd_spread nossd_spread treelog notreelog usebackuproot user_subvol_rm_allowed"
  )
    .split(" ")
    .map((name) => [name, /^$/] as const),
  ["commit", /^=\d+$/],
  ["compress", /^(=(zlib|lzo|zstd)(:-?\d+)?|=(no|none))?$/],
  ["compress-force", /^(=(zlib|lzo|zstd)(:-?\d+)?|=(no|none))?$/],
  ["device", /^=.+$/],
  ["discard", /^(=(sync|async))?$/],
  ["fatal_errors", /^=(bug|panic)$/],
  ["fragment", /^=(data|metadata|all)$/],
  ["max_inline", /^=.+$/],
  ["metadata_ratio", /^=\d+$/],
  ["ref_verify", /^$/],
  ["rescue", /^=.+$/],
  ["space_cache", /^(=v[12])?$/],
  ["nospace_cache", /^$/],
  ["thread_pool", /^=\d+$/],
  // Valid together with read-only mounts only, which this rule does not judge.
  ["norecovery", /^$/],
  ["nologreplay", /^$/],
]);

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
        const pattern = OPTIONS.get(key);
        if (pattern?.test(option.text.slice(key.length))) continue;
        const suggestion = suggest(option.text, key);
        const boot = fs.mountedInInitrd.answer === "yes" ? " The host does not boot without it." : "";
        context.report({
          at: option.place ?? fs.place,
          message: `btrfs refuses \`${option.text}\`${pattern ? ` (${key} does not take this value)` : ""}: mounting \`${fs.mountpoint}\` fails with "wrong fs type, bad option".${boot}`,
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
  const name = OPTIONS.has(key)
    ? undefined
    : nearestName(key, [...OPTIONS.keys(), "noatime", "relatime", "subvol", "nofail"]);
  return name && name + text.slice(key.length);
}
