import type { DiskoSubvolume } from "../../host/host.ts";
import { normalise } from "../../host/paths.ts";
import { defineRule } from "../rule.ts";

/** Two subvolumes with one mountpoint become one mount with two `subvol=`; one of them is never mounted. */
export const sharedMountpoint = defineRule({
  code: "IMP204",
  name: "shared-mountpoint",
  group: "disko",
  severity: "error",
  since: "0.1.0",

  check({ host, report }) {
    const owners = new Map<string, DiskoSubvolume>();
    for (const { subvolumes } of host.layouts) {
      for (const subvolume of subvolumes) {
        if (!subvolume.mountpoint.known || subvolume.mountpoint.value === null) continue;
        if (subvolume.certain.answer !== "yes") continue;
        const mountpoint = normalise(subvolume.mountpoint.value);
        const owner = owners.get(mountpoint);
        if (!owner) {
          owners.set(mountpoint, subvolume);
          continue;
        }
        report({
          at: subvolume.mountpoint.place ?? subvolume.place,
          message: `\`${owner.name}\` and \`${subvolume.name}\` both have the mountpoint \`${mountpoint}\`. disko merges them without a word into one mount with two \`subvol=\`; only one is ever seen there.`,
          help: "Give one of them another mountpoint, or none.",
          related: [
            { place: owner.mountpoint.place ?? owner.place, message: `\`${owner.name}\` is mounted there too` },
          ],
        });
      }
    }
  },
});
