import { offer } from "../../edits/fix-plan.ts";
import { quote } from "../../edits/nix-text.ts";
import { setOption } from "../../edits/option-edit.ts";
import { replaceTextAt } from "../../edits/place-edit.ts";
import { backupJobs } from "../../host/backup-jobs.ts";
import { type DumpJob, dumpJobs } from "../../host/dump-jobs.ts";
import type { Host } from "../../host/host.ts";
import { readBoolean, readTexts } from "../../host/read-values.ts";
import { hasOtherDumps, isLeftToDumps } from "../reading/backup-coverage.ts";
import { type LocalDatabase, localDatabases } from "../reading/local-databases.ts";
import { isSlipOf } from "../reading/nearest-name.ts";
import { defineRule, type RuleContext } from "../rule.ts";

/** A dump or backup job that is switched on, and has nothing to take, or names a database that is not there. */
export const dumpOfNothing = defineRule({
  code: "IMP624",
  name: "dump-of-nothing",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    emptyDumps(context);
    dumpsOfUnmade(context);
    for (const job of backupJobs(context.host.config)) {
      if (job.tool !== "restic" || job.open !== undefined || job.paths.length > 0) continue;
      if (readTexts(job.node.child("paths")).texts.length > 0 || looksAfter(job.node)) continue;
      context.report({
        at: job.place,
        message: `The backup \`${job.name}\` has no paths: it runs, ends without an error, and backs nothing up.`,
        help: 'Say what it takes: paths = [ "/persist" ], or give it dynamicFilesFrom.',
      });
    }
  },
});

function emptyDumps(context: RuleContext): void {
  const { host } = context;
  for (const { engine, option, databases, open, place, listPlace } of dumpJobs(host.config)) {
    if (databases === "all" || databases.length > 0 || open !== undefined) continue;
    const group = option.join(".");
    const own = localDatabases(host).filter((one) => one.engine === engine);
    const names = own.map(({ name }) => quote(name)).join(" ");
    context.report({
      at: listPlace ?? place,
      message:
        engine === "mysql"
          ? `\`${group}\` dumps the databases in its list, and the list is empty: the job runs every night, ends without an error and dumps nothing.`
          : `\`${group}.backupAll\` is off and the list of databases is empty: there is no job, and nothing is dumped.`,
      help: `Name the databases: ${group}.databases = [ ${names || '"…"'} ].`,
      related: own.slice(0, 5).map((one) => ({ place: one.place, message: `\`${one.name}\`: ${one.by}` })),
      fixes: () =>
        own.length > 0
          ? offer(setOption(context, [...option, "databases"], `[ ${names} ]`), {
              title: `Dump ${own.map(({ name }) => `\`${name}\``).join(", ")}`,
              safety: "safe",
              preferred: true,
            })
          : [],
    });
  }
}

/**
 * Databases that a job names and nothing of the host makes, where a database that is called alike is made and never dumped.
 * Where nothing else takes that one either, the missing dump is what is said.
 */
function dumpsOfUnmade(context: RuleContext): void {
  const { host } = context;
  const jobs = dumpJobs(host.config);
  const all = localDatabases(host);
  for (const job of jobs) {
    const { engine, option, databases } = job;
    if (databases === "all" || jobs.some((one) => one.engine === engine && one.databases === "all")) continue;
    const runs = host.services.some(
      ({ enable, enabled }) => enable === `services.${engine}.enable` && enabled.answer === "yes",
    );
    const made = all.filter((one) => one.engine === engine);
    if ((!runs && made.length === 0) || isToldElsewhere(host, job, made)) continue;
    const dumped = new Set(
      jobs.flatMap((one) => (one.databases === "all" ? [] : one.databases.map(({ text }) => text))),
    );
    const left = made.filter(({ name }) => !dumped.has(name));
    for (const { text, place } of databases) {
      if (SYSTEM.test(text) || made.some(({ name }) => name === text)) continue;
      const alike = left.filter(({ name }) => isCalledAlike(name, text));
      const [meant] = alike;
      if (!meant || alike.length > 1 || mayMake(host, text)) continue;
      context.report({
        at: place ?? job.listPlace ?? job.place,
        message: `\`${option.join(".")}\` dumps \`${text}\`, which nothing in the configuration makes: ${meant.by} has \`${meant.name}\`, and no job dumps that. Unless \`${text}\` was made by hand, the job fails every time, and \`${meant.name}\` cannot be restored from any dump.`,
        help: `Name \`${meant.name}\`, if that is what it was to be.`,
        related: [{ place: meant.place, message: `\`${meant.name}\`: ${meant.by}` }],
        fixes: () =>
          offer(replaceTextAt(context, place, quote(text), quote(meant.name)), {
            title: `Dump \`${meant.name}\` instead`,
            safety: "unsafe",
            note: `\`${text}\` is not dumped any more, should it be there.`,
          }),
      });
    }
  }
}

/** Databases that every server has. */
const SYSTEM = /^(postgres|template[01]|mysql|sys|information_schema|performance_schema)$/;

/** Whether it is said already, beside the databases that have no backup at all. */
function isToldElsewhere(host: Host, { engine, databases }: DumpJob, made: readonly LocalDatabase[]): boolean {
  const namesSome = databases !== "all" && databases.some(({ text }) => made.some(({ name }) => name === text));
  return !namesSome && isLeftToDumps(host, engine) && !hasOtherDumps(host);
}

/** One name is the other with something before or after it, or a slip of it. */
function isCalledAlike(a: string, b: string): boolean {
  const [short = "", long = ""] = [a, b]
    .map((name) => name.toLowerCase())
    .sort((one, other) => one.length - other.length);
  if (isSlipOf(a, b)) return true;
  return short.length >= 3 && (long.startsWith(short) || long.endsWith(short)) && short !== long;
}

/** A script or a statement somewhere on the host that names the database may make it. */
function mayMake(host: Host, name: string): boolean {
  return (
    host.scripts.some(({ text }) => /create\s*db|create\s+database/i.test(text) && text.includes(name)) ||
    ["postgresql", "mysql"].some((engine) => host.config.at("services", engine, "initialScript").isDefined() !== false)
  );
}

/** A job without paths may be there to prune or to check what others wrote. */
function looksAfter(node: Parameters<typeof readBoolean>[0]): boolean {
  const checks = readBoolean(node.child("runCheck"));
  return (
    (checks !== undefined && (!checks.known || checks.value)) ||
    ["pruneOpts", "checkOpts", "backupPrepareCommand", "backupCleanupCommand"].some(
      (key) => node.child(key).isDefined() !== false,
    )
  );
}
