import type { Place } from "../../eval/origin.ts";
import type { BackupJob } from "../../host/backup-jobs.ts";
import type { Host } from "../../host/host.ts";
import { isNamed, openOf, read, readString, readTexts, setAt } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { type CalendarSpec, nextElapses, parseCalendar } from "../../shell/calendar.ts";
import { parseTimeSpan } from "../../shell/time-span.ts";

/** When something is started by the clock of the host. */
export interface Schedule {
  readonly calendars: readonly CalendarSpec[];
  /** As written, for messages. */
  readonly text: string;
  /** Where somebody writes it; undefined for a default. */
  readonly place: Place | undefined;
  /** Seconds that it may come later. */
  readonly delay: number;
}

/** When a job of restic or borg runs; undefined where no timer starts it, or its times are not known. */
export function scheduleOfJob(host: Host, job: BackupJob): Schedule | undefined {
  if (job.tool === "borg") return scheduleOf(host, `borgbackup-job-${job.name}`, job.node.child("startAt"), "daily");
  if (job.tool !== "restic") return undefined;
  const unit = `restic-backups-${job.name}`;
  const settings = job.node.child("timerConfig");
  if (settings.isDefined() === false) return scheduleOf(host, unit, undefined, "daily");
  const reading = read(settings);
  if (reading.state !== "set" || reading.value === null || openOf(settings)) return undefined;
  if (!isNamed(settings, "OnCalendar")) return undefined;
  return scheduleOf(host, unit, settings.child("OnCalendar"), undefined, settings);
}

/**
 * The schedule that an option gives a unit, with its default; undefined where the timer of the unit says more, or where
 * something is not known.
 */
export function scheduleOf(
  host: Host,
  unit: string,
  option: OptionNode | undefined,
  usual: string | undefined,
  settings?: OptionNode,
): Schedule | undefined {
  const timer = host.config.at("systemd", "timers", unit, "timerConfig");
  if (timer.isDefined() !== false && timer.names().some(({ name }) => name.startsWith("On"))) return undefined;
  const isSet = option !== undefined && option.isDefined() !== false;
  const { texts, open } = isSet ? readTexts(option) : { texts: [], open: [] };
  if (open.length > 0 || texts.some(({ certain }) => certain.answer !== "yes")) return undefined;
  const all = isSet ? texts.map(({ text }) => text).filter((text) => text !== "") : usual === undefined ? [] : [usual];
  const calendars = all.flatMap((text) => {
    const parsed = parseCalendar(text);
    return parsed.ok && parsed.spec.zone.kind === "local" ? [parsed.spec] : [];
  });
  const delays = [settings, timer].map((node) => (node ? delayOf(node) : 0));
  if (all.length === 0 || calendars.length !== all.length || delays.includes(undefined)) return undefined;
  const place = isSet ? (texts[0]?.place ?? setAt(option)) : undefined;
  return { calendars, text: all.join(", "), place, delay: Math.max(...delays.map((one) => one ?? 0)) };
}

/** Seconds of `RandomizedDelaySec`; undefined where it is not known. */
function delayOf(settings: OptionNode): number | undefined {
  if (settings.isDefined() === false || !isNamed(settings, "RandomizedDelaySec")) return 0;
  const node = settings.child("RandomizedDelaySec");
  const reading = read(node);
  if (reading.state === "set" && typeof reading.value === "bigint") return Number(reading.value);
  const text = readString(node);
  const span = text?.known ? parseTimeSpan(text.value) : undefined;
  return span?.ok ? span.seconds : undefined;
}

/** 2025-01-01, a Wednesday. */
const START = Date.UTC(2025, 0, 1) * 1000;
const MOST = 400;

/** The seconds since some start at which a schedule elapses within about a month; undefined where it elapses too often. */
export function elapsesOf({ calendars }: Schedule, days: number): readonly number[] | undefined {
  const all: number[] = [];
  for (const calendar of calendars) {
    const elapses = nextElapses(calendar, START, MOST, "UTC");
    if (elapses.kind !== "at") return undefined;
    const within = elapses.instants.map((at) => (at - START) / 1e6).filter((at) => at < days * 86_400);
    if (within.length === MOST) return undefined;
    all.push(...within);
  }
  return all.sort((a, b) => a - b);
}
