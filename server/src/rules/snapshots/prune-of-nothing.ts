import type { Place } from "../../eval/origin.ts";
import { HOLE } from "../../eval/value.ts";
import { type BackupJob, backupJobs } from "../../host/backup-jobs.ts";
import type { Host } from "../../host/host.ts";
import { isNamed, nameAt, readTexts } from "../../host/read-values.ts";
import { archiveName, prunePrefix } from "../reading/borg-archives.ts";
import { type ResticFlag, resticFlags } from "../reading/restic-flags.ts";
import { defineRule } from "../rule.ts";

/** A job prunes by a name, a tag, a host or a path that none of its own archives has. */
export const pruneOfNothing = defineRule({
  code: "IMP638",
  name: "prune-of-nothing",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    for (const job of backupJobs(host.config)) {
      const misfit =
        job.tool === "borg" ? borgMisfit(host, job) : job.tool === "restic" ? resticMisfit(host, job) : undefined;
      if (!misfit) continue;
      report({
        at: misfit.place ?? job.place,
        message: `\`${job.name}\` prunes ${misfit.what}, and its own archives ${misfit.own}: none of them is ever dropped, and the repository grows until it is full.`,
        help: misfit.help,
        related: [{ place: misfit.related, message: "what its archives get" }],
      });
    }
  },
});

interface Misfit {
  readonly place: Place | undefined;
  /** What it prunes. */
  readonly what: string;
  /** What its own archives are like, after "its own archives". */
  readonly own: string;
  readonly help: string;
  readonly related?: Place | undefined;
}

/** A prefix that the names of the job's archives do not begin with. */
function borgMisfit(host: Host, job: BackupJob): Misfit | undefined {
  const prefix = prunePrefix(host, job);
  const name = archiveName(host, job);
  if (!prefix?.isSet || !name || /[{*?[\]]/.test(prefix.text) || !host.hostName.known) return undefined;
  // A hook may call them otherwise, and others may write to the same repository.
  if (/\barchiveName=/.test(job.hooks) || name.startsWith(prefix.text) || prefix.text.startsWith(name))
    return undefined;
  if (backupJobs(host.config).some((other) => other !== job && other.repository === job.repository)) return undefined;
  return {
    place: nameAt(job.node.at("prune", "prefix")),
    what: `archives whose names begin with \`${prefix.text}\``,
    own: `are called \`${name}…\``,
    help: "Leave prune.prefix out: the module then takes the archives of this job.",
    related: isNamed(job.node, "archiveBaseName") ? nameAt(job.node.child("archiveBaseName")) : undefined,
  };
}

/** A filter of `restic forget` that leaves out what the job itself makes. */
function resticMisfit(host: Host, job: BackupJob): Misfit | undefined {
  const { node } = job;
  const prune = readTexts(node.child("pruneOpts"));
  const backup = readTexts(node.child("extraBackupArgs"));
  // Without anything to take, the job is there to prune what others make.
  if (prune.open.length > 0 || backup.open.length > 0 || job.paths.length === 0) return undefined;
  const [asked, given] = [prune, backup].map(({ texts }) =>
    resticFlags(texts).filter(({ flag }) => /^(tag|host|path)$/.test(flag)),
  ) as [ResticFlag[], ResticFlag[]];
  if ([...asked, ...given].some(({ value }) => /[$`{]/.test(value) || value.includes(HOLE))) return undefined;
  const tags = asked.filter(({ flag }) => flag === "tag");
  const own = new Set(given.filter(({ flag }) => flag === "tag").flatMap(({ value }) => value.split(",")));
  if (tags.length > 0 && !tags.some(({ value }) => value === "" || value.split(",").every((tag) => own.has(tag))))
    return {
      place: tags[0]?.place,
      what: `snapshots with the tag ${tags.map(({ value }) => `\`${value}\``).join(" or ")}`,
      own: own.size === 0 ? "have no tag" : `have the tags ${[...own].map((tag) => `\`${tag}\``).join(", ")}`,
      help: `Give them the tag as well: extraBackupArgs = [ "--tag ${tags[0]?.value}" ].`,
      related: given.find(({ flag }) => flag === "tag")?.place,
    };
  const hosts = asked.filter(({ flag }) => flag === "host");
  const named = given.find(({ flag }) => flag === "host");
  const self = named?.value ?? (host.hostName.known ? host.hostName.value : undefined);
  if (
    hosts.length > 0 &&
    self !== undefined &&
    !isNamed(node, "environmentFile") &&
    !hosts.some(({ value }) => value === "" || value === self)
  )
    return {
      place: hosts[0]?.place,
      what: `snapshots of the host ${hosts.map(({ value }) => `\`${value}\``).join(" or ")}`,
      own: `are those of \`${self}\``,
      help: `Write --host ${self}, or leave it out and group by host, as restic does by itself.`,
      related: named?.place ?? (host.hostName.known ? host.hostName.place : undefined),
    };
  const paths = asked.filter(({ flag }) => flag === "path");
  const missing = paths.find(
    ({ value }) => value.startsWith("/") && !job.paths.some(({ path }) => path === value.replace(/(.)\/+$/, "$1")),
  );
  const isWhole = job.open === undefined;
  if (missing && isWhole)
    return {
      place: missing.place,
      what: `snapshots of the path \`${missing.value}\``,
      own: `are of ${job.paths.map(({ path }) => `\`${path}\``).join(", ")}`,
      help: "Name the paths as the job takes them, each with a --path of its own, or leave --path out.",
      related: job.paths[0]?.place,
    };
  return undefined;
}
