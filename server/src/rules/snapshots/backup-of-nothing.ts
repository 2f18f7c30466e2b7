import { type BackupJob, type BackupPath, backupJobs } from "../../host/backup-jobs.ts";
import type { FileSystem, Host } from "../../host/host.ts";
import { isAtOrBelow, isBelow } from "../../host/paths.ts";
import { childrenOf, readTexts } from "../../host/read-values.ts";
import { backupCoverage } from "../reading/backup-coverage.ts";
import { namesPath } from "../reading/names-path.ts";
import { textsBelow } from "../reading/option-texts.ts";
import { tmpfilesOpen, tmpfilesRules } from "../reading/tmpfiles.ts";
import { mayBeSetByOwnModules } from "../reading/unread-modules.ts";
import { uncoveredLoss } from "../reading/wiped-root.ts";
import { defineRule } from "../rule.ts";

/** A backup takes a directory of the wiped root at which the host has nothing at all. */
export const backupOfNothing = defineRule({
  code: "IMP660",
  name: "backup-of-nothing",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    const jobs = backupJobs(host.config);
    if (jobs.length === 0 || host.fileSystemsOpen !== undefined || host.storesOpen !== undefined) return;
    const candidates = jobs.flatMap((job) => job.paths.map((path) => ({ job, path })));
    for (const { job, path } of candidates) {
      if (!mayBeNothing(host, path.path) || mayBeMade(host, job, path)) continue;
      const left = leftOut(host, path);
      const several = left.length > 1;
      report({
        at: path.place ?? job.place,
        message: `Nothing is at \`${path.text}\`: no filesystem is mounted there, nothing there is kept, nothing in the configuration makes or names it, and the root is emptied at boot. What \`${job.name}\` was to take is in no backup by this entry.${left.length === 0 ? "" : ` ${left.map(({ mountpoint }) => `\`${mountpoint}\``).join(" and ")}, which ${several ? "are" : "is"} mounted beside it, ${several ? "are" : "is"} taken by no job.`}`,
        help:
          left.length > 0
            ? `Write "${left[0]?.mountpoint}" if that is meant, or remove the entry.`
            : "Name the directory that is meant, or remove the entry.",
        related: left.map(({ place, mountpoint }) => ({ place, message: `\`${mountpoint}\` is in no backup` })),
      });
    }
  },
});

/** Directories in which programs make others by themselves, people mount disks by hand, or which every host has. */
const USUAL = /^\/(bin|boot|dev|etc|home|lib\w*|media|mnt|nix|proc|root|run|sbin|sys|tmp|usr|var)(\/|$)|^\/[^/]*$/;

/** Whether a path is on the wiped root, and at no place where things come up by themselves. */
function mayBeNothing(host: Host, path: string): boolean {
  if (USUAL.test(path) || host.fileSystems.some(({ mountpoint }) => isAtOrBelow(mountpoint, path))) return false;
  const loss = uncoveredLoss(host, path);
  return loss.lost === "yes" && !loss.hypothetical && loss.fate.fileSystem?.mountpoint === "/";
}

/** Whether anything of the host may make the path or keep something there: it is enough that its name stands somewhere. */
function mayBeMade(host: Host, job: BackupJob, { path }: BackupPath): boolean {
  const touches = (other: string) => isAtOrBelow(other, path) || (isBelow(path, other) && other !== "/");
  const entries = host.stores.flatMap(({ directories, files }) => [...directories, ...files]);
  return (
    mayBeSetByOwnModules(host) ||
    tmpfilesOpen(host) ||
    tmpfilesRules(host).some((rule) => touches(rule.path)) ||
    entries.some((entry) => touches(entry.path)) ||
    host.services.some(({ enabled, state }) => enabled.answer !== "no" && state.some((one) => touches(one.path))) ||
    namesPath(job.hooks, path) ||
    host.scripts.some(({ text }) => namesPath(text, path)) ||
    readTexts(host.config.at("services", "cron", "systemCronJobs")).texts.some(({ text }) => namesPath(text, path)) ||
    isNamed(host, path)
  );
}

/** Options that say what is copied or watched, and make nothing. */
const TAKES = /^services\.(restic\.backups|borgbackup\.jobs|borgmatic|btrfs\.autoScrub)(\.|$)/;
const UNREAD = new Set(["assertions", "boot", "nixpkgs", "warnings"]);

/** Whether the path stands in any other option of the host. */
function isNamed({ config }: Host, path: string): boolean {
  return childrenOf(config).some(
    ({ name, node }) =>
      !UNREAD.has(name) &&
      [node, ...childrenOf(node).map((child) => child.node)].some((group) =>
        textsBelow(group).some(({ text, option }) => !TAKES.test(option.join(".")) && namesPath(text, path)),
      ),
  );
}

/** Filesystems beside the path that no job takes. */
function leftOut(host: Host, { path }: BackupPath): readonly FileSystem[] {
  const parent = path.slice(0, path.lastIndexOf("/") + 1);
  return host.fileSystems
    .filter(({ mountpoint, certain }) => certain.answer === "yes" && mountpoint.startsWith(parent) && parent !== "/")
    .filter(({ mountpoint }) => backupCoverage(host, mountpoint) === "no")
    .slice(0, 2);
}
