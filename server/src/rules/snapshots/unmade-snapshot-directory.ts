import type { DiskoLayout, FileSystem, Host, SnapshotJob } from "../../host/host.ts";
import { isAtOrBelow } from "../../host/paths.ts";
import { isSameDevice } from "../../host/rollback-target.ts";
import { tmpfilesOpen, tmpfilesRules } from "../reading/tmpfiles.ts";
import { defineRule } from "../rule.ts";

/** btrbk and snapper do not make the place for their snapshots, and nothing in the configuration does. */
export const unmadeSnapshotDirectory = defineRule({
  code: "IMP610",
  name: "unmade-snapshot-directory",
  group: "snapshots",
  severity: "information",
  since: "0.1.0",

  check({ host, report }) {
    if (host.fileSystemsOpen !== undefined || tmpfilesOpen(host)) return;
    const seen = new Set<string>();
    for (const job of host.snapshotJobs) {
      const { directory } = job;
      if (!CONSEQUENCES[job.tool] || !directory?.known || seen.has(directory.value)) continue;
      // The disk of a host with disko is what the layout says; others were made by hand.
      const fs = host.fileSystemAt(directory.value);
      const layout = fs && layoutOf(host, fs);
      if (!fs || !layout || layout.open !== undefined || layout.fsType !== "btrfs") continue;
      if (fs.mountpoint === directory.value || isMade(host, job, directory.value)) continue;
      seen.add(directory.value);
      report({
        at: directory.place ?? job.place,
        // A job that nothing starts misses it only when somebody runs it.
        ...(job.period ? { severity: "warning" as const } : {}),
        message: `\`${job.name}\` needs \`${directory.value}\`, and nothing in the configuration makes it: ${CONSEQUENCES[job.tool]}. After an installation from this configuration there are no snapshots until somebody makes it by hand.`,
        help:
          job.tool === "snapper"
            ? `Give it a subvolume: systemd.tmpfiles.rules = [ "v ${directory.value} 0750 root root -" ], or one of disko's with this mountpoint.`
            : `Make it: systemd.tmpfiles.rules = [ "d ${directory.value} 0755 root root -" ], or a subvolume of disko's.`,
        related: [{ place: layout.place, message: "the layout that disko makes" }],
      });
    }
  },
});

const CONSEQUENCES: Partial<Record<SnapshotJob["tool"], string>> = {
  btrbk: "btrbk does not make the directory, and aborts",
  snapper: "snapper does not make the subvolume when a configuration is declared, and its timers fail",
};

/** The layout of disko that a filesystem is in: one of its subvolumes, or its top level, which the host mounts itself. */
function layoutOf({ layouts }: Host, { disko, device, subvolume }: FileSystem): DiskoLayout | undefined {
  if (disko) return layouts.find(({ subvolumes }) => subvolumes.includes(disko));
  if (!device.known || !subvolume?.known || subvolume.value !== "") return undefined;
  return layouts.find((layout) => layout.device.known && isSameDevice(device.value, layout.device.value, layout.label));
}

/** tmpfiles, a script, or a subvolume of the layout with that place in the tree. */
function isMade(host: Host, job: SnapshotJob, directory: string): boolean {
  const name = directory.slice(directory.lastIndexOf("/") + 1);
  return (
    tmpfilesRules(host).some(({ type, path }) => /^[dDvqQL]/.test(type) && isAtOrBelow(path, directory)) ||
    host.scripts.some(({ text }) => text.includes(name) && /\bmkdir\b|subvolume\s+create|\bsnapper\b/.test(text)) ||
    host.layouts.some(({ subvolumes }) =>
      subvolumes.some((subvolume) => subvolume.name === name || subvolume.name.endsWith(`/${name}`)),
    ) ||
    host.services.some(({ state }) => state.some(({ path }) => path === directory)) ||
    host.fateOf(directory).persisted !== undefined ||
    job.sources.length === 0
  );
}
