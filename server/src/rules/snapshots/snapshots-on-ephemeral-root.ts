import { mergeEdits } from "../../edits/combine-plans.ts";
import { insertSubvolume } from "../../edits/disko-edit.ts";
import { offer } from "../../edits/fix-plan.ts";
import { lossInWords, lossOf } from "../reading/wiped-root.ts";
import { defineRule } from "../rule.ts";

/** Snapshots that lie on the root go with the root. */
export const snapshotsOnEphemeralRoot = defineRule({
  code: "IMP604",
  name: "snapshots-on-ephemeral-root",
  group: "snapshots",
  severity: "error",
  since: "0.1.0",

  check(context) {
    const { host } = context;
    for (const job of host.snapshotJobs) {
      const directory = job.directory;
      if (!directory?.known) continue;
      const loss = lossOf(host, directory.value);
      if (loss.lost !== "yes") continue;
      context.report({
        at: directory.place ?? job.place,
        message: `\`${job.name}\` puts its snapshots into \`${directory.value}\`, ${loss.fate.by}. What it makes ${lossInWords(loss)}.`,
        help: `Mount a subvolume of its own at \`${directory.value}\`. A \`mkdir -p\` in the script hides that it is missing.`,
        related: [{ place: loss.fate.place, message: loss.fate.by }],
        fixes: () => {
          const layout = host.layouts.find(({ fsType }) => fsType === "btrfs");
          const name = directory.value.split("/").filter(Boolean).join("-").replace(/^\.+/, "");
          return layout && name
            ? offer(mergeEdits(insertSubvolume(context, layout, { name, mountpoint: directory.value })), {
                title: `Add a subvolume for \`${directory.value}\` to the disko layout`,
                safety: "unsafe",
                preferred: true,
                note: "disko creates subvolumes only when it formats a disk: create it by hand on a running host first.",
              })
            : [];
        },
      });
    }
  },
});
