import { offer } from "../../edits/fix-plan.ts";
import { quote } from "../../edits/nix-text.ts";
import { setOption } from "../../edits/option-edit.ts";
import { backupJobs } from "../../host/backup-jobs.ts";
import { dumpJobs } from "../../host/dump-jobs.ts";
import { readBoolean, readTexts } from "../../host/read-values.ts";
import { localDatabases } from "../reading/local-databases.ts";
import { defineRule, type RuleContext } from "../rule.ts";

/** A dump or backup job that is switched on, and has nothing to take. */
export const dumpOfNothing = defineRule({
  code: "IMP624",
  name: "dump-of-nothing",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    emptyDumps(context);
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
