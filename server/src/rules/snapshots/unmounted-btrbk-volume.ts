import { offer } from "../../edits/fix-plan.ts";
import { replaceTextAt } from "../../edits/place-edit.ts";
import type { FileSystem, Host } from "../../host/host.ts";
import { type BtrbkVolume, btrbkVolumes, whereUnmounted } from "../reading/btrbk-volumes.ts";
import { btrfsDevices } from "../reading/btrfs-mounts.ts";
import { whereInWords } from "../reading/wiped-root.ts";
import { defineRule } from "../rule.ts";

/** btrbk looks for subvolumes in a directory of the wiped root at which nothing is mounted. */
export const unmountedBtrbkVolume = defineRule({
  code: "IMP642",
  name: "unmounted-btrbk-volume",
  group: "snapshots",
  severity: "error",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    for (const volume of btrbkVolumes(host)) {
      const { instance, path, place, subvolumes } = volume;
      const loss = whereUnmounted(host, volume);
      if (!loss) continue;
      const meant = meantBy(host, volume);
      const top = meant?.top;
      const names = subvolumes.slice(0, 3).map((name) => `\`${name}\``);
      report({
        at: place,
        message: `\`${instance}\` looks for ${names.join(", ")} in \`${path}\`, where nothing is mounted: the directory is ${whereInWords(loss)}. ${loss.hypothetical ? "Once it is, there" : "There"} are no such subvolumes in it, every run fails, and no snapshot is ever made.${top ? ` The top level of ${meant.device} is mounted at \`${top.mountpoint}\`.` : ""}`,
        help: top
          ? `Write volume."${top.mountpoint}".`
          : `Mount the top level of the filesystem there: fileSystems."${path}" = { device = "${meant?.device ?? "/dev/…"}"; fsType = "btrfs"; options = [ "subvolid=5" "noatime" ]; };`,
        related: [
          { place: (top ?? meant?.mount)?.place, message: `\`${(top ?? meant?.mount)?.mountpoint}\` is on it` },
        ],
        fixes: () =>
          top
            ? offer(replaceTextAt(context, place, `"${path}"`, `"${top.mountpoint}"`), {
                title: `Change to ${top.mountpoint}`,
                safety: "unsafe",
                note: "btrbk makes snapshots from then on, and deletes old ones as its settings say.",
              })
            : [],
      });
    }
  },
});

interface Meant {
  readonly device: string;
  /** A mount of one of the subvolumes that are named. */
  readonly mount: FileSystem | undefined;
  /** The mount of its top level. */
  readonly top: FileSystem | undefined;
}

/** The filesystem of the host that has the subvolumes, or its only one. */
function meantBy(host: Host, { subvolumes }: BtrbkVolume): Meant | undefined {
  const all = btrfsDevices(host).map(({ device, mounts }): Meant => {
    const named = (name: string) => mounts.find(({ subvolume }) => subvolume?.known && subvolume.value === name);
    return { device, mount: subvolumes.map(named).find((one) => one !== undefined), top: named("") };
  });
  const fitting = all.filter(({ mount }) => mount !== undefined);
  const [only] = fitting.length > 0 ? fitting : all;
  return fitting.length === 1 || all.length === 1 ? only : undefined;
}
