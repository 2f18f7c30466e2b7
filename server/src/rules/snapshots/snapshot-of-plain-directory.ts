import type { DiskoLayout, FileSystem, Host, SnapshotJob } from "../../host/host.ts";
import { isAtOrBelow } from "../../host/paths.ts";
import { commandsOf } from "../../host/script-commands.ts";
import { tmpfilesOpen, tmpfilesRules } from "../reading/tmpfiles.ts";
import { defineRule } from "../rule.ts";

/** A snapshot of something that is no subvolume, on a disk whose whole layout is known. */
export const snapshotOfPlainDirectory = defineRule({
  code: "IMP615",
  name: "snapshot-of-plain-directory",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    if (host.fileSystemsOpen !== undefined || tmpfilesOpen(host)) return;
    for (const job of host.snapshotJobs) {
      if (job.tool === "sanoid" || job.tool === "policy" || mountsByItself(host, job)) continue;
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
        const layout = layoutOf(host, fs);
        if (!fs || !layout || fs.mountpoint === source.value || mayBeSubvolume(host, fs, source.value)) continue;
        report({
          at: source.place ?? job.place,
          message: `\`${source.value}\` is no subvolume in disko's layout, but a directory of \`${fs.mountpoint}\`: btrfs refuses to take a snapshot of it ("Not a Btrfs subvolume")${AFTER[job.tool] ?? ""}.`,
          help: `Give it a subvolume of its own in the layout (and make it by hand on a host that is installed), or take the snapshot of \`${fs.mountpoint}\`.`,
          related: [{ place: layout.place, message: "the layout that disko makes" }],
        });
      }
    }
  },
});

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

/** The layout of a filesystem, when all of its subvolumes are known. */
function layoutOf(host: Host, fs: FileSystem | undefined): DiskoLayout | undefined {
  const layout = fs?.disko && host.layouts.find(({ subvolumes }) => fs.disko && subvolumes.includes(fs.disko));
  return layout?.fsType === "btrfs" && layout.open === undefined ? layout : undefined;
}

/** A script that mounts the filesystem names subvolumes by where it mounted them; units may mount anything anywhere. */
function mountsByItself({ units, config }: Host, { tool, name }: SnapshotJob): boolean {
  if (config.at("systemd", "mounts").isDefined() !== false) return true;
  if (tool !== "script") return false;
  const unit = units.find((one) => one.stage === "system" && one.name === name);
  return unit?.scripts.some((script) => commandsOf(script).all.some((use) => use.name === "mount")) !== false;
}

/** systemd makes subvolumes of these when they are missing. */
const MADE_BY_SYSTEMD = ["/home", "/srv", "/tmp", "/var", "/var/tmp", "/var/lib/machines", "/var/lib/portables"];

/** Whether somebody may have made a subvolume there: the layout under another mount, tmpfiles, a script, or an engine. */
function mayBeSubvolume(host: Host, fs: FileSystem, path: string): boolean {
  const below = path.slice(fs.mountpoint === "/" ? 1 : fs.mountpoint.length + 1);
  const outer = fs.subvolume?.known ? fs.subvolume.value : undefined;
  const name = outer ? `${outer}/${below}` : below;
  return (
    outer === undefined ||
    MADE_BY_SYSTEMD.includes(path) ||
    host.layouts.some(({ subvolumes }) => subvolumes.some((subvolume) => subvolume.name === name)) ||
    tmpfilesRules(host).some(({ type, path: made }) => /^[vqQ]/.test(type) && isAtOrBelow(path, made)) ||
    host.scripts.some(
      ({ text }) => /subv?o?l?u?m?e?\s+cr/.test(text) && text.includes(path.slice(path.lastIndexOf("/") + 1)),
    )
  );
}
