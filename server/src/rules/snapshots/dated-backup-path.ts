import { offer } from "../../edits/fix-plan.ts";
import { appendToListOption } from "../../edits/option-edit.ts";
import type { Place } from "../../eval/origin.ts";
import { type BackupJob, backupJobs } from "../../host/backup-jobs.ts";
import type { Host, Script } from "../../host/host.ts";
import { nameAt, readTexts } from "../../host/read-values.ts";
import { scriptsOf } from "../../host/script.ts";
import { commandsOf } from "../../host/script-commands.ts";
import { resolveWordAll } from "../../shell/sh-values.ts";
import { newnessOf } from "../reading/date-names.ts";
import { defineRule } from "../rule.ts";

/** restic is given a path with the date in it, and told to forget by number. */
export const datedBackupPath = defineRule({
  code: "IMP629",
  name: "dated-backup-path",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    for (const job of backupJobs(host.config)) {
      if (job.tool !== "restic") continue;
      const prunes = prunesByPath(job);
      const dated = prunes && datedPath(scriptsOf(job.node.child("dynamicFilesFrom")), PRINTERS);
      if (!dated) continue;
      const option = [...job.node.path, "pruneOpts"];
      report({
        at: dated.place ?? nameAt(job.node.child("dynamicFilesFrom")) ?? job.place,
        message: `The path that \`${job.name}\` backs up has the date in it. ${WHY}`,
        help: `Take the snapshot to back up at a path that stays the same, or group by host alone: pruneOpts = [ … "--group-by host" ].`,
        related: [{ place: nameAt(job.node.child("pruneOpts")), message: "these numbers count for each path" }],
        fixes: () =>
          offer(appendToListOption(context, option, ['"--group-by host"']), {
            title: "Forget by host, whatever the path",
            safety: "unsafe",
            note: "It then counts the snapshots of all jobs of this host in the repository together.",
          }),
      });
    }
    for (const { script, place } of ownScripts(host)) {
      report({
        at: place ?? script.place,
        message: `The path that restic backs up here has the date in it. ${WHY}`,
        help: "Take the snapshot to back up at a path that stays the same, or run `restic forget --group-by host`.",
      });
    }
  },
});

const WHY =
  "`restic forget` looks at each path by itself unless it is told otherwise: every day is a group of one snapshot, which is the newest of its group, so all are kept for ever. Every run reads all files anew as well, because no earlier snapshot has the same path.";

const PRINTERS = new Set(["echo", "printf"]);

/** Whether the job forgets snapshots, and in groups by path. */
function prunesByPath({ node }: BackupJob): boolean {
  const { texts, open, isSet } = readTexts(node.child("pruneOpts"));
  if (!isSet || open.length > 0) return false;
  const line = texts.map(({ text }) => text).join(" ");
  if (!/--keep-/.test(line)) return false;
  const group = /--group-by[= ]+(\S+)/.exec(line)?.[1];
  return group === undefined || /path/.test(group);
}

/** A word of a command that is a path with a new name for every day. */
function datedPath(
  scripts: readonly Script[],
  programs: ReadonlySet<string>,
): { readonly place: Place | undefined } | undefined {
  for (const script of scripts) {
    if (!script.text.includes("date")) continue;
    const { all, scope } = commandsOf(script);
    for (const { name, args } of all) {
      const program = name?.split("/").at(-1) ?? "";
      if (!programs.has(program)) continue;
      for (const word of args) {
        const isPath = resolveWordAll(word, scope).some(({ prefix }) => prefix?.startsWith("/"));
        if (!isPath || !/^(each-day|always)$/.test(newnessOf(script, word))) continue;
        return { place: script.placeOf(word.start, word.end) ?? script.place };
      }
    }
  }
  return undefined;
}

/** Scripts that call restic themselves, for a dated path, and forget by number without a group. */
function ownScripts({ scripts }: Host): { readonly script: Script; readonly place: Place | undefined }[] {
  return scripts.flatMap((script) => {
    if (!/\brestic\b/.test(script.text) || !/\bforget\b/.test(script.text)) return [];
    if (!/--keep-/.test(script.text) || /--group-by|RESTIC_/.test(script.text.replace(/RESTIC_(PASS|REPO)\w*/g, "")))
      return [];
    const dated = datedPath([script], new Set(["restic"]));
    return dated ? [{ script, ...dated }] : [];
  });
}
