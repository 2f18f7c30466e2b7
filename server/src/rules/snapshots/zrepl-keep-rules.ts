import { offer } from "../../edits/fix-plan.ts";
import { appendElements } from "../../edits/list-edit.ts";
import { listLiterals } from "../../edits/literals.ts";
import { expressionAt } from "../../edits/locate.ts";
import { quote } from "../../edits/nix-text.ts";
import type { FileEdits } from "../../edits/option-edit.ts";
import { HOLE } from "../../eval/value.ts";
import { datasetJobs, takesDataset, zreplJobs } from "../../host/dataset-jobs.ts";
import { builtAt, nameAt, readBoolean, readString } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { keepRules } from "../reading/zrepl-keep.ts";
import { defineRule, type RuleContext } from "../rule.ts";

/** zrepl destroys every snapshot that it makes, or never one of them, or the one that the root goes back to. */
export const zreplKeepRules = defineRule({
  code: "IMP627",
  name: "zrepl-keep-rules",
  group: "snapshots",
  severity: "error",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    const group = host.config.at("services", "zrepl");
    const enabled = readBoolean(group.child("enable"));
    if (!enabled?.known || !enabled.value) return;
    reportBlank(context);
    for (const { name, node } of zreplJobs(group)) {
      const prefix = readString(node.at("snapshotting", "prefix"));
      const type = readString(node.at("snapshotting", "type"));
      if (!prefix?.known || (type?.known && type.value === "manual")) continue;
      const sample = `${prefix.value}20260102_030405_000`;
      for (const list of ["keep", "keep_sender", "keep_receiver"]) {
        const option = node.at("pruning", list);
        const rules = keepRules(option, sample);
        if (!rules || rules.length === 0) continue;
        const related = [{ place: prefix.place, message: `its snapshots are called \`${prefix.value}…\`` }];
        if (rules.every(({ keeps }) => keeps === "none")) {
          report({
            at: nameAt(option) ?? rules[0]?.place,
            message: `No rule of \`${list}\` fits the snapshots of \`${name}\`, which are called \`${prefix.value}…\`. zrepl destroys what no rule keeps: every snapshot is gone at the next run.`,
            help: `Let a rule fit them, for example regex = "^${prefix.value}.*".`,
            related: [
              ...related,
              ...rules.slice(0, 4).map(({ place, regex }) => ({ place, message: regex ?? "keeps none" })),
            ],
          });
          continue;
        }
        // What is left out of a schedule on purpose has a rule of its own, or no schedule beside it.
        const schedule = rules.find(({ keeps, isSchedule }) => keeps === "none" && isSchedule);
        if (schedule && rules.every(({ keeps }) => keeps === "none" || keeps === "until-replicated")) {
          report({
            at: schedule.place,
            severity: "warning",
            message: `This rule of \`${list}\` fits no snapshot of \`${name}\`, which are called \`${prefix.value}…\`. Only \`not_replicated\` keeps them, and that ends when they are sent: zrepl destroys each as soon as the other side has it, and none of the schedule is left on this one.`,
            help: `Let the rule fit them, for example regex = "^${prefix.value}.*".`,
            related,
          });
          continue;
        }
        const endless = rules.find(({ keeps }) => keeps === "all");
        const others = rules.filter(({ keeps }) => keeps === "some" || keeps === "until-replicated");
        if (!endless || others.length === 0) continue;
        report({
          at: endless.place,
          severity: "warning",
          message: `This rule of \`${list}\` keeps every snapshot of \`${name}\`, whatever the others say: a snapshot stays as long as one rule keeps it, so none is ever destroyed.`,
          help: "Let it fit the snapshots only that are made by hand, or put negate = true.",
          related: [...related, ...others.slice(0, 3).map(({ place }) => ({ place, message: "has no effect" }))],
        });
      }
    }
  },
});

/** The snapshot of a rollback, in a dataset of which a job keeps none but its own: zrepl does not ask who made one. */
function reportBlank(context: RuleContext): void {
  const { host, report } = context;
  for (const rollback of host.rollbacks) {
    const [dataset] = rollback.wipes;
    const snapshot = rollback.technique === "zfs" ? rollback.blank : undefined;
    if (!dataset || !snapshot || `${dataset}${snapshot}`.includes(HOLE)) continue;
    for (const job of datasetJobs(host.config)) {
      if (job.tool !== "zrepl" || job.open !== undefined || !takesDataset(job, dataset)) continue;
      const option = job.node.at("pruning", job.kind === "snapshot" ? "keep" : "keep_sender");
      const rules = keepRules(option, snapshot);
      if (
        !rules ||
        rules.length === 0 ||
        rules.some(({ keeps, isSchedule }) => keeps === "all" || (keeps === "some" && !isSchedule))
      )
        continue;
      // A number without an expression counts all snapshots, and the blank is the oldest.
      const [late] = rules.filter(({ keeps }) => keeps !== "none");
      const when = !late
        ? "zrepl destroys it the next time that it prunes"
        : late.keeps === "until-replicated"
          ? "zrepl destroys it once it is on the other side"
          : "zrepl destroys it when it is older than they reach";
      const prefix = readString(job.node.at("snapshotting", "prefix"));
      report({
        at: nameAt(option) ?? job.place,
        message: `\`${job.name}\` takes \`${dataset}\`, and no rule of \`${option.path.at(-1)}\` keeps \`@${snapshot}\` for good, which the root is rolled back to: ${when}, whoever made it. From then on the rollback fails, and the root is no longer emptied.`,
        help: `Take the dataset out of the job ("${dataset}<" = false), or keep what zrepl did not make: { type = "regex"; negate = true; regex = "^${prefix?.known ? prefix.value : "zrepl_"}"; }.`,
        related: [
          { place: rollback.place, message: `goes back to \`${dataset}@${snapshot}\`` },
          {
            place: job.filters.find((one) => one.takes && (one.dataset === dataset || one.tree))?.place,
            message: "takes it in",
          },
        ],
        fixes: () =>
          prefix?.known && !snapshot.startsWith(prefix.value)
            ? offer(
                appendRule(context, option, `{ type = "regex"; negate = true; regex = ${quote(`^${prefix.value}`)}; }`),
                {
                  title: "Keep the snapshots that zrepl did not make",
                  safety: "safe",
                  preferred: true,
                  note: `See whether it is still there: zfs list -t snapshot ${dataset}`,
                },
              )
            : [],
      });
    }
  }
}

/** Adds an element to a list inside of a list of jobs, where it is written as one. */
function appendRule({ program }: RuleContext, option: OptionNode, element: string): FileEdits | undefined {
  const place = builtAt(option);
  const own = place && program(place.file);
  const expr = own && expressionAt(own, place);
  const [list] = expr ? listLiterals(expr) : [];
  return own && list && new Map([[own.path, appendElements(own, list.literal, [element])]]);
}
