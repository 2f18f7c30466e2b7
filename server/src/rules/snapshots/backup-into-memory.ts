import type { Host } from "../../host/host.ts";
import { isAtOrBelow } from "../../host/paths.ts";
import { childrenOf, isNamed, readString } from "../../host/read-values.ts";
import { localRepositories } from "../reading/backup-repositories.ts";
import { defineRule } from "../rule.ts";

/** A repository of backups in `/run`, `/tmp` or `/dev/shm`, where the configuration mounts nothing. */
export const backupIntoMemory = defineRule({
  code: "IMP693",
  name: "backup-into-memory",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    for (const { path, by, place } of localRepositories(host)) {
      const top = ["/run", "/dev/shm"].find((one) => isAtOrBelow(path, one));
      if (top === undefined || isMounted(host, path) || mayMount(host, by)) continue;
      const isDesktop = /^\/run\/media\//.test(path);
      report({
        at: place,
        message: `\`${by}\` is below \`${top}\`, which is memory, and nothing in the configuration mounts a disk there${isDesktop ? ": a desktop does so as long as somebody is logged in and the disk is plugged in" : ""}. Without the disk the backup goes into memory, which it fills, and is gone at the next boot; or it fails.`,
        help: "Declare the disk in fileSystems (with nofail and x-systemd.automount where it may be missing), and let the job wait for it: unitConfig.RequiresMountsFor.",
      });
    }
  },
});

/** Whether something of the configuration is mounted there, above or below. */
function isMounted({ config, fileSystems, fileSystemsOpen }: Host, path: string): boolean {
  const units = ["mounts", "automounts"].some((kind) => config.at("systemd", kind).isDefined() !== false);
  return (
    units ||
    fileSystemsOpen !== undefined ||
    fileSystems.some(({ mountpoint }) => mountpoint !== "/" && isAtOrBelow(path, mountpoint))
  );
}

const UNITS: Readonly<Record<string, string>> = { restic: "restic-backups-", borgbackup: "borgbackup-job-" };

/** Whether the job looks for the disk, or mounts it. */
function mayMount(host: Host, by: string): boolean {
  const [, tool = "", , ...rest] = by.split(".");
  const name = rest.slice(0, -1).join(".");
  const unit = host.config.at("systemd", "services", `${UNITS[tool]}${name}`);
  if (isNamed(unit, "unitConfig") || isNamed(unit, "preStart") || isNamed(unit, "bindsTo") || isNamed(unit, "requires"))
    return true;
  const job = childrenOf(host.config.at("services", tool, tool === "restic" ? "backups" : "jobs")).find(
    (one) => one.name === name,
  );
  const hooks = ["backupPrepareCommand", "preHook"].map((hook) => job && readString(job.node.child(hook)));
  return hooks.some(
    (hook) => hook !== undefined && (!hook.known || /mount|findmnt|udisksctl|test|\[/.test(hook.value)),
  );
}
