import { mergeEdits } from "../../edits/combine-plans.ts";
import { insertSubvolume } from "../../edits/disko-edit.ts";
import { offer } from "../../edits/fix-plan.ts";
import type { FileSystem, Host, SnapshotJob } from "../../host/host.ts";
import { isBelow } from "../../host/paths.ts";
import { btrbkVolumes, isUnmounted } from "../reading/btrbk-volumes.ts";
import { plainSource } from "../reading/plain-sources.ts";
import { lossInWords, lossOf, whereInWords } from "../reading/wiped-root.ts";
import { defineRule } from "../rule.ts";

/** A source on btrfs whose snapshots are to lie on a tmpfs, which can hold none. */
function sourceElsewhere(host: Host, { sources }: SnapshotJob, target: FileSystem | undefined): string | undefined {
  const root = target ?? host.fileSystems.find(({ mountpoint }) => mountpoint === "/");
  if (!root?.fsType.known || root.fsType.value !== "tmpfs") return undefined;
  for (const source of sources) {
    if (!source.known) continue;
    const own = host.fateOf(source.value).fileSystem;
    if (own?.fsType.known && own.fsType.value === "btrfs") return source.value;
  }
  return undefined;
}

/** Snapshots that lie on the root go with the root. */
export const snapshotsOnEphemeralRoot = defineRule({
  code: "IMP604",
  name: "snapshots-on-ephemeral-root",
  group: "snapshots",
  severity: "error",
  since: "0.1.0",

  check(context) {
    const { host } = context;
    const unmounted = btrbkVolumes(host).filter((volume) => isUnmounted(host, volume));
    for (const job of host.snapshotJobs) {
      const directory = job.directory;
      if (!directory?.known) continue;
      // Where what it is to take is not mounted either, nothing is made: that is said by a rule of its own.
      const { value } = directory;
      if (unmounted.some((one) => one.instance === job.name && isBelow(value, one.path))) continue;
      const loss = lossOf(host, directory.value);
      if (loss.lost !== "yes") continue;
      // Of what is no subvolume none is ever made, which a rule of its own says.
      if (job.sources.length > 0 && job.sources.every((one) => one.known && plainSource(host, job, one.value)))
        continue;
      const elsewhere = sourceElsewhere(host, job, loss.fate.fileSystem);
      const where = whereInWords(loss);
      context.report({
        at: directory.place ?? job.place,
        message: elsewhere
          ? `\`${job.name}\` puts snapshots of \`${elsewhere}\` into \`${directory.value}\`, ${where}. A snapshot of btrfs lies in the filesystem of its source, and this is another one: every run fails, and no snapshot is ever made.`
          : `\`${job.name}\` puts its snapshots into \`${directory.value}\`, ${where}. What it makes ${lossInWords(loss)}.`,
        help: elsewhere
          ? `Name a directory in the filesystem of \`${elsewhere}\`, such as \`${elsewhere === "/" ? "" : elsewhere}/.snapshots\`, or mount a subvolume of it at \`${directory.value}\`. A \`mkdir -p\` in the script hides that it is missing.`
          : `Mount a subvolume of its own at \`${directory.value}\`. A \`mkdir -p\` in the script hides that it is missing.`,
        related: [{ place: loss.fate.place, message: where }],
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
