import { offer } from "../../edits/fix-plan.ts";
import { quote } from "../../edits/nix-text.ts";
import { appendToListOption } from "../../edits/option-edit.ts";
import { type DumpJob, dumpJobs } from "../../host/dump-jobs.ts";
import type { Host } from "../../host/host.ts";
import { readString } from "../../host/read-values.ts";
import { hasOtherDumps, isLeftToDumps } from "../reading/backup-coverage.ts";
import { type LocalDatabase, localDatabases } from "../reading/local-databases.ts";
import { defineRule } from "../rule.ts";

/** Databases of the host are dumped one by one, and one of them is not. */
export const databaseWithoutDump = defineRule({
  code: "IMP623",
  name: "database-without-dump",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host } = context;
    const jobs = dumpJobs(host.config).filter(({ databases, open }) => databases !== "all" && open === undefined);
    if (jobs.length === 0 || hasOtherDumps(host) || archivesLog(host)) return;
    const all = localDatabases(host);
    for (const job of jobs) {
      const left = leftOut(host, job, all);
      const [first] = left;
      if (!first) continue;
      const option = job.option.join(".");
      const names = left.map(({ name }) => `\`${name}\``).join(", ");
      const few = left.length === 1;
      const unmade = namesOfNothing(job, all);
      context.report({
        at: job.listPlace ?? job.place,
        message: `\`${option}\` dumps the databases that it names, and ${names} (${first.by}${few ? "" : " and others"}) ${few ? "is" : "are"} not among them. Nothing on this host takes the files of the server either: of ${few ? "this database" : "these databases"} there is no backup.${unmade.length === 0 ? "" : ` ${unmade.map((name) => `\`${name}\``).join(", ")}, which it names, ${unmade.length === 1 ? "is" : "are"} made by nothing in the configuration: unless that was done by hand, its dump fails.`}`,
        help: `Add ${few ? "it" : "them"} to ${option}.databases.`,
        related: left.slice(0, 5).map(({ name, by, place }) => ({ place, message: `\`${name}\`: ${by}` })),
        fixes: () =>
          offer(
            appendToListOption(
              context,
              [...job.option, "databases"],
              left.map(({ name }) => quote(name)),
            ),
            { title: `Dump ${names} as well`, safety: "safe", preferred: true },
          ),
      });
    }
  },
});

function leftOut(host: Host, job: DumpJob, all: readonly LocalDatabase[]): readonly LocalDatabase[] {
  // A job that dumps nothing at all is another mistake.
  if (job.databases === "all" || job.databases.length === 0) return [];
  const dumped = new Set(job.databases.map(({ text }) => text));
  const left = all.filter(({ engine, name }) => engine === job.engine && !dumped.has(name));
  return left.length > 0 && isLeftToDumps(host, job.engine) ? left : [];
}

/** What a job names and nothing of the host makes, where it names none that something makes. */
function namesOfNothing({ engine, databases }: DumpJob, all: readonly LocalDatabase[]): readonly string[] {
  if (databases === "all") return [];
  const made = new Set(all.filter((one) => one.engine === engine).map(({ name }) => name));
  const names = databases.map(({ text }) => text);
  return names.some((name) => made.has(name)) ? [] : names;
}

/** A server that hands over its log as it writes it has a backup of its own. */
function archivesLog({ config }: Host): boolean {
  const mode = readString(config.at("services", "postgresql", "settings", "archive_mode"));
  return mode !== undefined && (!mode.known || mode.value !== "off");
}
