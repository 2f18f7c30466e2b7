import { offer } from "../../edits/fix-plan.ts";
import { replaceStringAt } from "../../edits/place-edit.ts";
import type { Place } from "../../eval/origin.ts";
import type { Host, Unit } from "../../host/host.ts";
import { perItem } from "../../host/per-item.ts";
import { childrenOf, isNamed, nameAt, openOf, readTexts } from "../../host/read-values.ts";
import { isSlipOf } from "../reading/nearest-name.ts";
import { ownService } from "../reading/own-timers.ts";
import { HARD, needsOf, relationsOf } from "../reading/unit-relations.ts";
import { defineRule } from "../rule.ts";

/** Settings for the unit of a backup, or an order to it, under a name that the module does not give it. */
export const settingsOfMissingUnit = defineRule({
  code: "IMP756",
  name: "settings-of-missing-unit",
  group: "units",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    const jobs = jobsOf(host);
    if (jobs.length === 0) return;
    const all = new Set(jobs.map(({ unit }) => unit));
    const meant = (stem: string): Job | undefined =>
      all.has(stem) || mayBeOwn(host, stem) ? undefined : jobs.find((job) => isMeant(stem, job));
    for (const { name, node, certain } of childrenOf(host.config.at("systemd", "services"))) {
      const job = certain.answer === "yes" ? meant(name) : undefined;
      if (!job) continue;
      report({
        at: nameAt(node),
        message: `No unit of this host is called \`${name}\`: ${job.what} runs as \`${job.unit}\`. What is set here makes an empty unit that nothing starts, and changes nothing about the backup.`,
        help: `Write systemd.services.${job.unit}.`,
        related: [{ place: job.place, message: job.what }],
      });
    }
    for (const { unit, uses } of referring(host.units)) {
      for (const { relation, text, place } of uses) {
        const job = meant(text.slice(0, -".service".length));
        if (!job) continue;
        report({
          at: place ?? unit.place,
          message: `No unit of this host is called \`${text}\`: ${job.what} runs as \`${job.unit}\`. ${consequence(unit, relation)}`,
          help: `Write "${job.unit}.service".`,
          related: [{ place: job.place, message: job.what }],
          fixes: () =>
            offer(replaceStringAt(context, place, `${job.unit}.service`), {
              title: `Write ${job.unit}.service`,
              safety: "unsafe",
              note: `\`${unit.name}\` is tied to the backup from then on.`,
            }),
        });
      }
    }
  },
});

/** Whether the host declares a service of this name itself, as far as what it runs can be seen. */
function mayBeOwn(host: Host, stem: string): boolean {
  const services = host.config.at("systemd", "services");
  if (ownService(host, ["systemd"], stem)) return true;
  if (!isNamed(services, stem)) return false;
  const node = services.child(stem);
  return openOf(node) !== undefined || openOf(node.child("serviceConfig")) !== undefined;
}

function consequence({ name }: Unit, relation: string): string {
  if (HARD.includes(relation)) return `\`${name}\` requires a unit that does not exist, and is never started.`;
  return /^(after|before)$/.test(relation)
    ? `\`${name}\` and the backup run in any order, also at the same time.`
    : `\`${name}\` is not tied to the backup.`;
}

/** The units that name services of backups. */
const referring = perItem((unit: Unit) => {
  const uses = [...needsOf(unit), ...relationsOf(unit)].filter(({ text }) => BACKUP.test(text));
  return unit.stage === "system" && unit.certain.answer === "yes" && uses.length > 0 ? [{ unit, uses }] : [];
});

const BACKUP = /^(?:restic|borg|btrbk|postgres|pg).*\.service$/i;

interface Job {
  readonly unit: string;
  readonly name: string;
  /** For the middle of a sentence. */
  readonly what: string;
  /** How people call it who do not remember the module's name for it. */
  readonly begins: RegExp;
  readonly place: Place | undefined;
}

/** What begins the names of the units that modules make for each job; read in the modules of nixpkgs. */
const FAMILIES = [
  {
    option: ["services", "restic", "backups"],
    begin: "restic-backups-",
    begins: /^restic(?:-(?:backups?|jobs?|backup-jobs?))?[-_@]$/,
  },
  {
    option: ["services", "borgbackup", "jobs"],
    begin: "borgbackup-job-",
    begins: /^borg(?:-?backup)?(?:-(?:jobs?|backups?))?[-_@]$/,
  },
  {
    option: ["services", "btrbk", "instances"],
    begin: "btrbk-",
    begins: /^btrbk(?:-(?:instances?|backups?|snapshots?))?[-_@]$/,
  },
];

function jobsOf(host: Host): Job[] {
  const ofFamilies = FAMILIES.flatMap(({ option, begin, begins }) => {
    const group = host.config.at(...option);
    return group.isDefined() === false
      ? []
      : childrenOf(group).flatMap(({ name, node, certain }): Job[] =>
          certain.answer === "yes"
            ? [{ unit: `${begin}${name}`, name, begins, what: `\`${option.join(".")}.${name}\``, place: nameAt(node) }]
            : [],
        );
  });
  return [...ofFamilies, ...dumpsOf(host)];
}

/** The dump of each database has a unit of its own. */
function dumpsOf({ config }: Host): Job[] {
  const group = config.at("services", "postgresqlBackup");
  if (group.isDefined() === false || group.child("enable").value() !== true) return [];
  const begins = /^(?:postgres(?:ql)?|pg)-?backups?[-_@]$/i;
  return readTexts(group.child("databases")).texts.flatMap(({ text, place, certain }) =>
    certain.answer === "yes"
      ? [{ unit: `postgresqlBackup-${text}`, name: text, begins, what: `the dump of \`${text}\``, place }]
      : [],
  );
}

/** Whether a name is that of a job with another beginning, or differs by a slip from that of its unit. */
function isMeant(stem: string, { unit, name, begins }: Job): boolean {
  return isSlipOf(stem, unit) || (stem.endsWith(name) && begins.test(stem.slice(0, -name.length)));
}
