import { offer } from "../../edits/fix-plan.ts";
import { appendToListOption } from "../../edits/option-edit.ts";
import type { FileSystem, Host } from "../../host/host.ts";
import { optionKey, splitOptions } from "../reading/btrfs-mounts.ts";
import { defineRule } from "../rule.ts";

const ABOUT_ATIME = new Set(["noatime", "relatime", "strictatime", "norelatime", "atime", "lazytime", "ro"]);

/** After a snapshot, reading a file writes: the first note of the access time copies the block that holds it. */
export const atimeInSnapshotSource = defineRule({
  code: "IMP115",
  name: "atime-in-snapshot-source",
  group: "mount-options",
  severity: "hint",
  since: "0.1.0",

  check(context) {
    const { host } = context;
    for (const fs of host.fileSystems) {
      if (!fs.fsType.known || fs.fsType.value !== "btrfs" || fs.certain.answer !== "yes" || fs.optionsOpen) continue;
      if (splitOptions(fs.options).some(({ text }) => ABOUT_ATIME.has(optionKey(text)))) continue;
      const job = host.snapshotJobs.find(
        ({ sources, period }) =>
          period?.known &&
          period.value <= 86_400 &&
          sources.some((source) => source.known && source.value === fs.mountpoint),
      );
      if (!job) continue;
      context.report({
        at: fs.place ?? job.place,
        message: `\`${fs.mountpoint}\` notes when files are read, and \`${job.name}\` takes snapshots of it every day or more often. After each, the first reader of a file has the block copied that holds its access time, so that a mere search through the files makes every snapshot larger.`,
        help: "Add noatime to its options, unless a program needs access times. It counts for this mount alone.",
        related: [{ place: job.place, message: "snapshotted here" }],
        fixes: () => {
          const option = optionOf(host, fs);
          const title = `Add noatime to \`${fs.mountpoint}\``;
          return option ? offer(appendToListOption(context, option, ['"noatime"']), { title, safety: "safe" }) : [];
        },
      });
    }
  },
});

/** Undefined where the layout has to be repaired first. */
function optionOf({ layouts }: Host, { mountpoint, disko }: FileSystem): string[] | undefined {
  const layout = disko && layouts.find(({ subvolumes }) => subvolumes.includes(disko));
  if (!disko || !layout) return ["fileSystems", mountpoint, "options"];
  return layout.writtenAsList ? undefined : [...layout.path, disko.name, "mountOptions"];
}
