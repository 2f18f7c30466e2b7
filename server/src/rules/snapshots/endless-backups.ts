import { childrenOf, isNamed, nameAt, openOf, readString, readTexts } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { defineRule } from "../rule.ts";

/** A backup that adds snapshots and never drops one. */
export const endlessBackups = defineRule({
  code: "IMP622",
  name: "endless-backups",
  group: "snapshots",
  severity: "information",
  since: "0.1.0",

  check({ host, report }) {
    if (host.scripts.some(({ text }) => /\brestic\b.*\bforget\b|\bborg\b.*\bprune\b/.test(text))) return;
    const restic = jobs(host.config.at("services", "restic", "backups"), ["pruneOpts"]);
    const borg = jobs(host.config.at("services", "borgbackup", "jobs"), ["prune", "keep"]);
    for (const { all, tool, option } of [
      { all: restic, tool: "restic", option: 'pruneOpts = [ "--keep-daily 7" "--keep-weekly 5" "--keep-monthly 12" ]' },
      { all: borg, tool: "borg", option: "prune.keep = { daily = 7; weekly = 5; monthly = 12; }" },
    ]) {
      // One job may drop the snapshots of all that write to its repository.
      const endless = all.filter(
        (job) => !job.drops && !all.some((other) => other.drops && other.repository === job.repository),
      );
      const [first, ...others] = endless;
      if (!first) continue;
      const title = others.length > 0 ? `\`${first.name}\` and ${others.length} more` : `\`${first.name}\``;
      report({
        at: nameAt(first.node),
        message: `The backup ${title} never drops a snapshot: ${tool} keeps all of them, and with them everything that was ever backed up, unless something outside of this configuration prunes the repository.`,
        help: `Say how long to keep them: ${option}.`,
        related: others.slice(0, 5).map(({ name, node }) => ({ place: nameAt(node), message: `\`${name}\`` })),
      });
    }
  },
});

interface Job {
  readonly name: string;
  readonly node: OptionNode;
  readonly repository: string | undefined;
  /** Whether it drops old snapshots, or may. */
  readonly drops: boolean;
}

function jobs(option: OptionNode, keeps: readonly string[]): Job[] {
  return childrenOf(option).flatMap(({ name, node, certain }): Job[] => {
    if (certain.answer !== "yes" || openOf(node)) return [];
    const runs = ["paths", "dynamicFilesFrom", "command", "dumpCommand"].some((key) => isNamed(node, key));
    if (!runs || mayPrune(node)) return [];
    const keep = node.at(...keeps);
    const drops = keep.isDefined() !== false && !keepsEverything(keep);
    const repository = readString(node.child("repository")) ?? readString(node.child("repo"));
    return [{ name, node, repository: repository?.known ? repository.value : undefined, drops }];
  });
}

/** An empty list drops nothing, and so does `restic forget` that is told of no number to keep. */
function keepsEverything(node: OptionNode): boolean {
  const { texts, open, isSet } = readTexts(node);
  return isSet && open.length === 0 && !texts.some(({ text }) => /--keep-|--unsafe|^-[lHdwmy]\b|[$%@]/.test(text));
}

/** Hooks of the job may do it, and a repository for appending is pruned by its server. */
function mayPrune(node: OptionNode): boolean {
  const hooks = ["backupCleanupCommand", "backupPrepareCommand", "postHook", "postPrune", "postCreate", "preHook"];
  return hooks.some((key) => isNamed(node, key));
}
