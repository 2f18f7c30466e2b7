import { optionKey } from "./btrfs-mounts.ts";

/** Source of truth: btrfs(5) and mount attempts on Linux 6.18. Each works with or without what its pattern says. */
export const BTRFS_OPTIONS: ReadonlyMap<string, RegExp> = new Map([
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

/** Whether btrfs takes this option with this value; those of the kernel for every filesystem are none of its own. */
export function isBtrfsOption(text: string): boolean {
  const key = optionKey(text);
  return BTRFS_OPTIONS.get(key)?.test(text.slice(key.length)) ?? false;
}
