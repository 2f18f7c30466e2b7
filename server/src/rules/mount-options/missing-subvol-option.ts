import type { FileSystem, Host } from "../../host/host.ts";
import { isAtOrBelow, isBelow } from "../../host/paths.ts";
import { btrfsDevices } from "../reading/btrfs-mounts.ts";
import { defineRule } from "../rule.ts";

/** A mount of the state of a host that names no subvolume, beside others of the same filesystem that do. */
export const missingSubvolOption = defineRule({
  code: "IMP116",
  name: "missing-subvol-option",
  group: "mount-options",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    // With another default subvolume the option may be left out on purpose.
    if (host.scripts.some(({ text }) => text.includes("set-default"))) return;
    for (const { device, mounts } of btrfsDevices(host)) {
      const named = mounts.filter(({ subvolumeOptions, subvolume }) => subvolumeOptions.length > 0 && subvolume?.known);
      // Who mounts the top level for more than one thing has no subvolumes of their own for them.
      const whole = mounts.filter(({ subvolumeOptions }) => subvolumeOptions.length === 0);
      if (!named.some(({ mountpoint }) => mountpoint === "/") || named.length < 2 || whole.length !== 1) continue;
      const [fs] = whole;
      if (!fs || fs.optionsOpen !== undefined || fs.disko || !isOfSystem(host, fs)) continue;
      if (named.some(({ mountpoint }) => isBelow(mountpoint, fs.mountpoint))) continue;
      const subvolumes = named.map(({ subvolume }) => (subvolume?.known ? `\`${subvolume.value}\`` : ""));
      report({
        at: fs.place,
        message: `\`${fs.mountpoint}\` names no subvolume of ${device}, unlike ${named.length === 2 ? "both" : `all ${named.length}`} others: it shows the top level, with ${subvolumes.slice(0, 3).join(", ")} as directories in it, and not the subvolume that was made for it. What is kept is looked for in the wrong place. An attribute set that is replaced by \`//\` or by another definition loses its options in this way.`,
        help: 'Add "subvol=…" to its options. If it is meant to be the top level, say so with "subvolid=5".',
        related: named.slice(0, 3).map(({ mountpoint, place }) => ({ place, message: `\`${mountpoint}\` names one` })),
      });
    }
  },
});

/** A store, or a directory of the system; the top level itself is mounted elsewhere. */
function isOfSystem({ stores }: Host, { mountpoint }: FileSystem): boolean {
  const isStore = stores.some(
    ({ enabled, path }) => enabled.answer === "yes" && path.known && isAtOrBelow(path.value, mountpoint),
  );
  return isStore || /^\/(nix|home|root|srv|opt|persist|persistent|state|var|var\/(lib(\/.*)?|log))$/.test(mountpoint);
}
