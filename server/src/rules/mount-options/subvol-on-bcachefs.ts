import { offer } from "../../edits/fix-plan.ts";
import { replaceStringAt } from "../../edits/place-edit.ts";
import { splitOptions } from "../reading/btrfs-mounts.ts";
import { defineRule } from "../rule.ts";

/** `subvol=` is an option of btrfs; bcachefs subvolumes are mounted by mount(8) with X-mount.subdir. */
export const subvolOnBcachefs = defineRule({
  code: "IMP112",
  name: "subvol-on-bcachefs",
  group: "mount-options",
  severity: "error",
  since: "0.1.0",

  check(context) {
    for (const fs of context.host.fileSystems) {
      if (!fs.fsType.known || fs.fsType.value !== "bcachefs" || fs.certain.answer === "no") continue;
      for (const option of splitOptions(fs.options)) {
        const match = /^subvol(?:id)?=(.*)$/.exec(option.text);
        if (!match || !option.certain) continue;
        const name = option.text.startsWith("subvol=") ? match[1] : undefined;
        context.report({
          at: option.place ?? fs.place,
          message: `bcachefs has no option \`${option.text}\`, which is one of btrfs. \`${fs.mountpoint}\` does not show that subvolume: depending on the version the mount fails, or shows the top of the filesystem.`,
          help: "Mount a subvolume of bcachefs with `X-mount.subdir=NAME`, as disko does. It needs the systemd initrd (boot.initrd.systemd.enable).",
          fixes: () =>
            name && option.whole
              ? offer(replaceStringAt(context, option.place, `X-mount.subdir=${name}`), {
                  title: `Change to \`X-mount.subdir=${name}\``,
                  safety: "unsafe",
                  note: "What is mounted changes at the next boot. Files that were written to the top of the filesystem until now stay there.",
                })
              : [],
        });
      }
    }
  },
});
