import { type BackupJob, backupJobs } from "../../host/backup-jobs.ts";
import type { Host } from "../../host/host.ts";
import { isNamed, openOf, readString, readTexts } from "../../host/read-values.ts";
import { textsBelow } from "../reading/option-texts.ts";
import { tmpfilesRules } from "../reading/tmpfiles.ts";
import { lossInWords, uncoveredLoss } from "../reading/wiped-root.ts";
import { defineRule } from "../rule.ts";

/** A backup of restic to a storage that wants keys, and nothing of the configuration gives it any. */
export const repositoryWithoutCredentials = defineRule({
  code: "IMP677",
  name: "repository-without-credentials",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    for (const job of backupJobs(host.config)) {
      const storage = job.tool === "restic" ? STORAGES.find(({ fits }) => fits.test(job.repository ?? "")) : undefined;
      if (!storage || getsMore(host, job)) continue;
      // By hand somebody made a file with keys, which lasts unless it is wiped.
      const loss = storage.file === undefined ? undefined : uncoveredLoss(host, storage.file);
      if (loss && (loss.lost !== "yes" || isNamedElsewhere(host, storage.file ?? ""))) continue;
      const repository = job.node.child("repository");
      const written = readString(repository);
      report({
        at: (written?.known ? written.place : undefined) ?? job.place,
        message: `The backup \`${job.name}\` goes to \`${job.repository}\`, and nothing gives it ${storage.needs}: \`environmentFile\` is not set${loss ? `, and \`${storage.file}\`, where ${storage.reader} looks as well, ${lossInWords(loss)}` : ""}. Every run fails, and there is no copy.`,
        help: `Let sops-nix or agenix provide ${storage.option === undefined ? "" : `the file for services.restic.backups.${job.name}.${storage.option}, or `}a file with ${storage.variables}, and set services.restic.backups.${job.name}.environmentFile to its path.`,
      });
    }
  },
});

interface Storage {
  readonly fits: RegExp;
  /** For the middle of a sentence. */
  readonly needs: string;
  readonly variables: string;
  /** Where it looks beside its environment, and who. */
  readonly file?: string;
  readonly reader?: string;
  /** An option of the module that takes the place of the environment. */
  readonly option?: string;
}

/**
 * Storages that restic cannot use without keys, and where it takes them from. Source of truth: restic's manual ("Preparing a
 * new repository"), its backends in `internal/backend`. On Amazon's own machines keys may come from the machine's role; a
 * server of REST, Azure and Google have other ways.
 */
const STORAGES: readonly Storage[] = [
  {
    fits: /^s3:(?!.*amazonaws\.com)/,
    needs: "the keys of that storage",
    variables: "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    file: "/root/.aws/credentials",
    reader: "restic",
  },
  { fits: /^b2:/, needs: "the keys of that storage", variables: "B2_ACCOUNT_ID and B2_ACCOUNT_KEY" },
  {
    fits: /^swift:/,
    needs: "the account of that storage",
    variables: "the variables of OpenStack (OS_AUTH_URL and others)",
  },
  {
    fits: /^rclone:[\w-][^:]*:/,
    needs: "the configuration of that remote",
    variables: "RCLONE_CONFIG_<REMOTE>_TYPE and the others of the remote",
    file: "/root/.config/rclone/rclone.conf",
    reader: "rclone",
    option: "rcloneConfigFile",
  },
];

/** Options of a job that bring keys or another program. */
const OWN = ["environmentFile", "s3CredentialsFile", "rcloneConfig", "rcloneConfigFile", "package", "repositoryFile"];
const OF_UNIT = ["Environment", "EnvironmentFile", "PassEnvironment", "LoadCredential", "ExecStart", "User"];

/** Whether keys come, or may come, from the job, its unit or the environment of all units. */
function getsMore({ config }: Host, { node, name }: BackupJob): boolean {
  if (openOf(node) || OWN.some((option) => isNamed(node, option) && node.child(option).value() !== null)) return true;
  const user = isNamed(node, "user") ? readString(node.child("user")) : undefined;
  if (user && !(user.known && user.value === "root")) return true;
  const timer = node.child("timerConfig");
  if (isNamed(node, "timerConfig") && timer.value() === null) return true;
  const options = readTexts(node.child("extraOptions"));
  if (options.open.length > 0 || options.texts.some(({ text }) => /s3\.|b2\.|rclone\./.test(text))) return true;
  const systemd = config.child("systemd");
  if (["globalEnvironment", "managerEnvironment"].some((option) => isNamed(systemd, option))) return true;
  const services = systemd.child("services");
  if (openOf(services)) return true;
  const stem = `restic-backups-${name}`;
  if (!isNamed(services, stem)) return false;
  const unit = services.child(stem);
  const settings = unit.child("serviceConfig");
  return (
    openOf(unit) !== undefined ||
    isNamed(unit, "environment") ||
    isNamed(unit, "script") ||
    openOf(settings) !== undefined ||
    OF_UNIT.some((setting) => isNamed(settings, setting))
  );
}

/** Whether a secret, tmpfiles, a script or home-manager puts something where the file is. */
function isNamedElsewhere(host: Host, file: string): boolean {
  const folder = file.split("/").slice(2, -1).join("/");
  const home = host.config.at("home-manager", "users", "root");
  return (
    home.isDefined() !== false ||
    ["sops", "age"].some((group) => textsBelow(host.config.child(group)).some(({ text }) => text.includes(folder))) ||
    tmpfilesRules(host).some(({ path }) => path.includes(folder)) ||
    host.scripts.some(({ text }) => text.includes(folder) || /RCLONE_CONFIG|AWS_SHARED/.test(text))
  );
}
