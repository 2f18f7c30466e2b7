import type { FileSystem, Host, MountOption } from "../../host/host.ts";
import { usesSystemdInitrd } from "../../host/initrd.ts";
import { btrfsDevices, isPerMount, optionKey, splitOptions } from "../reading/btrfs-mounts.ts";
import { isBtrfsOption } from "../reading/btrfs-options.ts";
import { swapFiles } from "../reading/swap-files.ts";
import { defineRule } from "../rule.ts";

/** Defaults and autodetected settings: saying them on some mounts only changes nothing worth a word. */
const NOISE = new Set(["ssd", "nossd", "ssd_spread", "discard", "nodiscard", "space_cache", "nospace_cache"]);
/** Other rules speak of these. */
const ELSEWHERE = new Set(["nodatacow", "nodatasum", "datacow", "datasum"]);

/** Options that differ between subvolumes of one btrfs filesystem: only those of the first mount count. */
export const differingFilesystemOptions = defineRule({
  code: "IMP102",
  name: "differing-filesystem-options",
  group: "mount-options",
  severity: "information",
  since: "0.1.0",

  check({ host, report }) {
    const ofSwap = new Set(swapFiles(host).map(({ path }) => host.fileSystemAt(path)?.mountpoint));
    for (const { device, mounts } of btrfsDevices(host)) {
      const [first, ...rest] = mounts;
      const later = rest.filter((fs) => !isBeside(fs, ofSwap));
      if (!first || later.length === 0 || mounts.some((fs) => fs.optionsOpen !== undefined)) continue;
      const counted = [first, ...later];
      const keys = new Set(counted.flatMap((fs) => [...settingsOf(fs).keys()]));
      for (const key of keys) {
        const winner = settingsOf(first).get(key);
        const losers = later.filter((fs) => settingsOf(fs).get(key)?.text !== winner?.text);
        const speaking = losers.find((fs) => settingsOf(fs).has(key));
        const loser = speaking ?? losers[0];
        if (!loser) continue;
        const said = settingsOf(loser).get(key) ?? winner;
        const everywhere = winner ? `\`${winner.text}\`` : `no \`${key}\``;
        report({
          at: said?.place ?? loser.place,
          severity: key.startsWith("compress") ? "information" : "warning",
          message: `\`${key}\` differs between subvolumes of ${device} (${describe(counted, key)}), but btrfs has one setting for all: ${isSurelyFirst(host, first, loser) ? `\`${first.mountpoint}\` is mounted first, so ${everywhere} applies everywhere` : "that of the mount that comes first, and which one that is may change from boot to boot"}.`,
          help: "Write the same options for every subvolume of the filesystem. For one directory use a property instead: btrfs property set DIR compression zstd.",
          related: [{ place: winner?.place ?? first.place, message: `another mount of it: \`${first.mountpoint}\`` }],
        });
      }
    }
  },
});

/** Whether one mount certainly comes before another: systemd makes those of one stage side by side, except for the root's. */
function isSurelyFirst(host: Host, first: FileSystem, other: FileSystem): boolean {
  if (first.mountpoint === "/") return true;
  if (first.mountedInInitrd.answer !== "yes") return false;
  return other.mountedInInitrd.answer === "no" || usesSystemdInitrd(host.config, host.release).answer === "no";
}

/**
 * Mounts of which nobody expects these options: a swap file is never compressed, and the top level that tools work on
 * holds the other subvolumes.
 */
function isBeside(fs: FileSystem, ofSwap: ReadonlySet<string | undefined>): boolean {
  if (fs.mountpoint !== "/" && ofSwap.has(fs.mountpoint)) return true;
  return fs.subvolume?.known === true && fs.subvolume.value === "" && settingsOf(fs).size === 0;
}

function describe(mounts: readonly FileSystem[], key: string): string {
  const groups = new Map<string, string[]>();
  for (const fs of mounts) {
    const text = settingsOf(fs).get(key)?.text ?? "nothing";
    groups.set(text, [...(groups.get(text) ?? []), fs.mountpoint]);
  }
  return [...groups].map(([text, points]) => `${text} on ${list(points)}`).join("; ");
}

function list(points: readonly string[]): string {
  const shown = points.slice(0, 3).map((point) => `\`${point}\``);
  return points.length > shown.length
    ? `${shown.join(", ")} and ${points.length - shown.length} more`
    : shown.join(", ");
}

/** The filesystem-wide settings of a mount by key; of two with one key the last counts. */
function settingsOf(fs: FileSystem): ReadonlyMap<string, MountOption> {
  const settings = new Map<string, MountOption>();
  for (const option of splitOptions(fs.options)) {
    const key = optionKey(option.text).replace(/^compress-force$/, "compress");
    // With an option that btrfs does not take there is no mount at all, which another rule says.
    const counts = option.certain && !isPerMount(option.text) && isBtrfsOption(option.text);
    if (counts && !NOISE.has(key) && !ELSEWHERE.has(key)) settings.set(key, option);
  }
  return settings;
}
