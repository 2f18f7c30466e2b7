import type { FileSystem, Host, SnapshotJob } from "../../host/host.ts";
import { isReadable, missingSubvolume, plainHome, plainSource } from "../reading/plain-sources.ts";
import { defineRule } from "../rule.ts";

/** A snapshot of something that is no subvolume, on a disk whose whole layout is known. */
export const snapshotOfPlainDirectory = defineRule({
  code: "IMP615",
  name: "snapshot-of-plain-directory",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    for (const job of host.snapshotJobs) {
      if (!isReadable(host, job)) continue;
      for (const source of job.sources) {
        if (!source.known || !source.value.startsWith("/")) continue;
        const fs = host.fileSystemAt(source.value);
        if (fs && isOtherKind(host, job, fs, source.value)) {
          const kind = fs.fsType.known ? fs.fsType.value : "";
          report({
            at: source.place ?? job.place,
            severity: "error",
            message: `\`${source.value}\` is ${fs.mountpoint === source.value ? kind : `on \`${fs.mountpoint}\`, which is ${kind}`}, and ${job.tool} takes snapshots of btrfs alone: every run fails, and there is no snapshot.`,
            help: HELP[kind] ?? "Take the job away, or put the data on btrfs.",
            related: [{ place: fs.place, message: `the filesystem \`${fs.mountpoint}\`` }],
          });
          continue;
        }
        const missing = missingSubvolume(host, job, source.value);
        if (missing) {
          const others = missing.others.map((name) => `\`${name}\``).slice(0, 6);
          report({
            at: source.place ?? job.place,
            message: `There is no subvolume \`${missing.name}\` at the top level of the filesystem, which is mounted at \`${missing.fs.mountpoint}\`: disko makes ${others.join(", ")}${missing.others.length > 6 ? " and more" : ""}. ${job.tool} finds nothing to take a snapshot of, and ends with an error each time.`,
            help: `Name one of those${missing.unused.length === 1 ? `, perhaps \`${missing.unused[0]}\`` : ""}, or let disko make \`${missing.name}\` (and make it by hand on a host that is installed).`,
            related: [{ place: missing.layout.place, message: "the layout that disko makes" }],
          });
          continue;
        }
        const home = plainHome(host, job, source.value);
        if (home) {
          report({
            at: source.place ?? job.place,
            severity: "information",
            message: `\`${source.value}\` is the home of ${home.user}, which NixOS makes as a plain directory of \`${home.fs.mountpoint}\`, and nothing in the configuration makes a subvolume of it. Unless somebody did that by hand, btrfs refuses to take a snapshot of it ("Not a Btrfs subvolume")${AFTER[job.tool] ?? ""}.`,
            help: `Take the snapshot of \`${home.fs.mountpoint}\`, or give the home a subvolume of its own; \`btrfs subvolume show ${source.value}\` tells whether it is one.`,
            related: [{ place: home.fs.place, message: `the filesystem \`${home.fs.mountpoint}\`` }],
          });
          continue;
        }
        const plain = plainSource(host, job, source.value);
        if (!plain) continue;
        const store = plain.madeByUsers ? storeOf(host) : undefined;
        report({
          at: source.place ?? job.place,
          message: `\`${source.value}\` is no subvolume in disko's layout, but a directory of \`${plain.fs.mountpoint}\`${plain.madeByUsers ? " that NixOS makes with the homes of its users" : ""}: btrfs refuses to take a snapshot of it ("Not a Btrfs subvolume")${AFTER[job.tool] ?? ""}.`,
          help: `Give it a subvolume of its own in the layout (and make it by hand on a host that is installed), or take the snapshot of ${store === undefined ? `\`${plain.fs.mountpoint}\`` : `what keeps the files in it, \`${store}\``}.`,
          related: [{ place: plain.layout.place, message: "the layout that disko makes" }],
        });
      }
    }
  },
});

/** The only store of the host. */
function storeOf({ stores }: Host): string | undefined {
  const paths = stores.flatMap(({ path, enabled }) => (enabled.answer === "yes" && path.known ? [path.value] : []));
  return paths.length === 1 ? paths[0] : undefined;
}

const HELP: Readonly<Record<string, string>> = {
  bcachefs: "bcachefs has its own: a timer with `bcachefs subvolume snapshot`.",
  zfs: "For ZFS there are sanoid and services.zfs.autoSnapshot.",
};

/** Whether a path is certainly on a filesystem of a disk that is no btrfs. */
function isOtherKind(host: Host, { tool, node }: SnapshotJob, fs: FileSystem, path: string): boolean {
  if ((tool !== "btrbk" && tool !== "snapper") || fs.certain.answer !== "yes" || !fs.fsType.known) return false;
  // snapper takes thin volumes of LVM as well, when it is told to.
  if (tool === "snapper" && node.child("FSTYPE").isDefined() !== false) return false;
  const isBind = fs.options.some(({ text }) => /^r?bind$/.test(text));
  return /^(ext[234]|xfs|zfs|bcachefs|f2fs|vfat|jfs)$/.test(fs.fsType.value) && !isBind && !host.fateOf(path).persisted;
}

const AFTER: Partial<Record<SnapshotJob["tool"], string>> = {
  script: ", and under `set -e`, which NixOS sets for scripts of units, those after it are not taken either",
  btrbk: ", and btrbk aborts",
  snapper: ", and snapper's timers fail",
};
