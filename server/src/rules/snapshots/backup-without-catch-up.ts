import { offer } from "../../edits/fix-plan.ts";
import { setOption } from "../../edits/option-edit.ts";
import type { Place } from "../../eval/origin.ts";
import { type BackupJob, backupJobs } from "../../host/backup-jobs.ts";
import { calendarSeconds } from "../../host/period.ts";
import { childrenOf, nameAt, openOf, readBoolean, readString, setAt } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { personalMachine } from "../reading/personal-machine.ts";
import { defineRule } from "../rule.ts";

/** A backup at a fixed hour, on a machine that is often off then, and that does not make up for it. */
export const backupWithoutCatchUp = defineRule({
  code: "IMP651",
  name: "backup-without-catch-up",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    const jobs = backupJobs(host.config);
    const machine = jobs.length > 0 ? personalMachine(host) : undefined;
    if (!machine) return;
    for (const job of jobs) {
      const timer = job.tool === "restic" ? resticTimer(job) : job.tool === "borg" ? borgTimer(job) : undefined;
      if (!timer) continue;
      report({
        at: timer.at,
        severity: machine.kind === "laptop" ? "warning" : "information",
        message: `The backup \`${job.name}\` is missed whenever the machine is off or asleep at ${timer.when}, and is not made up for: ${timer.why}.`,
        help: `Set ${timer.option.slice(-1)} = true${job.tool === "restic" ? " in timerConfig" : ""}: a run that was missed then starts at the next boot or wake-up.`,
        related: [{ place: machine.place, message: machine.because }],
        fixes: () =>
          offer(setOption(context, timer.option, "true"), {
            title: "Make up for runs that were missed",
            safety: "safe",
            preferred: true,
          }),
      });
    }
  },
});

interface Timer {
  readonly at: Place | undefined;
  readonly when: string;
  readonly why: string;
  /** The switch that makes it persistent. */
  readonly option: readonly string[];
}

/** Eighteen hours: what runs more often is hardly missed. */
const RARE = 18 * 3600;

/** What is given takes the place of the module's `{ OnCalendar = "daily"; Persistent = true; }`. */
function resticTimer({ node }: BackupJob): Timer | undefined {
  const settings = node.child("timerConfig");
  if (settings.isDefined() !== true || openOf(settings)) return undefined;
  const set = childrenOf(settings);
  if (set.some(({ name, certain }) => certain.answer !== "yes" || /^(Persistent|WakeSystem|On(?!Calendar))/.test(name)))
    return undefined;
  const calendar = readString(settings.child("OnCalendar"));
  if (!calendar?.known || !isRare(calendar.value)) return undefined;
  return {
    at: nameAt(settings.child("OnCalendar")) ?? nameAt(settings),
    when: `\`${calendar.value}\``,
    why: "`timerConfig` takes the place of the module's own, which has `Persistent = true`",
    option: [...settings.path, "Persistent"],
  };
}

function borgTimer({ node }: BackupJob): Timer | undefined {
  const persistent = node.child("persistentTimer");
  const flag = persistent.isDefined() === false ? undefined : readBoolean(persistent);
  if (openOf(node) || (flag && (!flag.known || flag.value))) return undefined;
  const option: OptionNode = node.child("startAt");
  const isSet = option.isDefined() !== false;
  const calendar = isSet ? readString(option) : { known: true as const, value: "daily" };
  if (!calendar?.known || !isRare(calendar.value)) return undefined;
  return {
    at: (isSet ? setAt(option) : undefined) ?? nameAt(node),
    when: `\`${calendar.value}\`${calendar.value === "daily" ? ", which is midnight" : ""}`,
    why: "`persistentTimer` is off, unless somebody sets it",
    option: [...node.path, "persistentTimer"],
  };
}

function isRare(expression: string): boolean {
  const seconds = calendarSeconds({ known: true, value: expression, place: undefined });
  return seconds.known && seconds.value >= RARE;
}
