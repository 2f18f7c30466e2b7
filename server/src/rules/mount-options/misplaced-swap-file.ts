import type { Place } from "../../eval/origin.ts";
import type { FileSystem, Host } from "../../host/host.ts";
import { isAtOrBelow, normalise } from "../../host/paths.ts";
import { swapFiles, swapVolumes } from "../reading/swap-files.ts";
import { tmpfilesRules } from "../reading/tmpfiles.ts";
import { lossInWords, lossOf, rootWipe, whereInWords } from "../reading/wiped-root.ts";
import { defineRule } from "../rule.ts";

/** btrfs takes a swap file only while nothing shares its blocks: not copy-on-write, and in no snapshot. */
export const misplacedSwapFile = defineRule({
  code: "IMP108",
  name: "misplaced-swap-file",
  group: "mount-options",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    for (const { device, place } of swapVolumes(host)) {
      report({
        at: place,
        message: `The swap device \`${device}\` is a volume of ZFS. To write to it ZFS needs memory itself, so that the host can hang just when memory runs out.`,
        help: "Give swap a partition of its own, or use zram (zramSwap.enable).",
      });
    }
    for (const file of swapFiles(host)) {
      const fs = host.fileSystemAt(file.path);
      if (fs?.certain.answer !== "yes") continue;
      const loss = lossOf(host, file.path);
      if (loss.lost === "yes" && file.made && keepsOldRoots(host)) {
        report({
          at: file.place,
          message: `The swap file \`${file.path}\` is on the root, of which the rollback keeps the old ones: each boot makes a new file, and the disk holds one of full size for every root that is kept.`,
          help: "Put it on a subvolume of its own, beside the root.",
        });
        continue;
      }
      if (loss.lost === "yes" && file.made) {
        const inMemory = fs.fsType.known && fs.fsType.value === "tmpfs";
        report({
          at: file.place,
          severity: inMemory ? "error" : "information",
          message: inMemory
            ? `The swap file \`${file.path}\` is on a tmpfs: the kernel refuses to swap to one, so the host has no swap, and a failed unit at every boot.`
            : `The swap file \`${file.path}\` is ${loss.fate.by}, and NixOS makes it again: each boot writes it in full size, and the host cannot hibernate to it.`,
          help: "Put it on a subvolume of its own that nothing wipes.",
        });
        continue;
      }
      if (loss.lost === "yes" && !file.made) {
        report({
          at: file.place,
          message: `The swap file \`${file.path}\` is ${whereInWords(loss)}: it ${lossInWords(loss)}, and nothing makes it again. The next boot has no swap and a failed unit.`,
          help: "Put it on a subvolume of its own that nothing wipes, or give it a `size`, with which NixOS makes it.",
        });
        continue;
      }
      const snapshot = snapshotOf(host, fs, file.path);
      if (!snapshot) continue;
      report({
        at: file.place ?? snapshot.place,
        message: `The swap file \`${file.path}\` is in \`${snapshot.source}\`, of which \`${snapshot.job}\` takes snapshots. btrfs refuses a snapshot while the file is in use ("Text file busy"), and refuses the file once there is one ("Invalid argument").`,
        help: "Put it on a subvolume of its own, mounted beside the others: snapshots end there.",
        related: [{ place: snapshot.place, message: "snapshotted here" }],
      });
    }
  },
});

/** Whether the root is moved away, or kept as a snapshot, and not deleted at once. */
function keepsOldRoots(host: Host): boolean {
  const rollback = rootWipe(host)?.rollback;
  const { archive, method } = rollback ?? {};
  return archive !== undefined || method === "move-to-archive" || method === "rolling";
}

/** The job that takes snapshots of the subvolume with the file. */
function snapshotOf(
  host: Host,
  fs: FileSystem,
  path: string,
): { readonly source: string; readonly job: string; readonly place: Place | undefined } | undefined {
  if (!fs.fsType.known || fs.fsType.value !== "btrfs") return undefined;
  for (const job of host.snapshotJobs) {
    for (const source of job.sources) {
      if (!source.known || !isAtOrBelow(path, source.value) || host.fileSystemAt(source.value) !== fs) continue;
      if (isNested(host, fs, source.value, path)) continue;
      return { source: source.value, job: job.name, place: source.place ?? job.place };
    }
  }
  return undefined;
}

/**
 * Whether a subvolume without a mountpoint of its own lies between a source and a file: of disko's layout by its name, or
 * one that tmpfiles or a script makes there. A snapshot ends at it.
 */
function isNested(host: Host, fs: FileSystem, source: string, path: string): boolean {
  const between = (place: string) => place !== source && isAtOrBelow(place, source) && isAtOrBelow(path, place);
  const top = fs.subvolume?.known ? fs.subvolume.value : undefined;
  const nested = host.layouts.flatMap(({ subvolumes }) =>
    subvolumes.flatMap(({ name }) =>
      top !== undefined && name.startsWith(top === "" ? "" : `${top}/`) && name !== top
        ? [normalise(`${fs.mountpoint}/${name.slice(top === "" ? 0 : top.length + 1)}`)]
        : [],
    ),
  );
  if (nested.some(between)) return true;
  if (tmpfilesRules(host).some((rule) => /^[vqQ]/.test(rule.type) && between(rule.path))) return true;
  return host.scripts.some(({ text }) =>
    [...text.matchAll(/subvolume\s+create\s+["']?(\/[^\s"';]+)/g)].some((match) => between(normalise(match[1] ?? ""))),
  );
}
