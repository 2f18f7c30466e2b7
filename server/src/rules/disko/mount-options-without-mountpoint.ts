import { defineRule } from "../rule.ts";

/** disko mounts a subvolume only when it has a mountpoint; its mount options are then nobody's. */
export const mountOptionsWithoutMountpoint = defineRule({
  code: "IMP203",
  name: "mount-options-without-mountpoint",
  group: "disko",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    for (const { subvolumes, fsType } of host.layouts) {
      for (const subvolume of subvolumes) {
        if (!subvolume.mountpoint.known || subvolume.mountpoint.value !== null) continue;
        const option = subvolume.mountOptions.find(({ from, place }) => from === "disko" && place !== undefined);
        if (!option) continue;
        report({
          at: subvolume.place ?? option.place,
          // Who writes `null` means it, and code that makes many of them gives all the same options.
          severity: subvolume.mountpoint.place === undefined ? "warning" : "information",
          message: `The ${fsType === "zfs" ? "dataset" : "subvolume"} \`${subvolume.name}\` has mountOptions but no mountpoint, so disko never mounts it and the options do nothing.`,
          help: `Give it a mountpoint (disko does not derive one from the name), or remove the options.`,
          related: [{ place: option.place, message: "these options are not used" }],
        });
      }
    }
  },
});
