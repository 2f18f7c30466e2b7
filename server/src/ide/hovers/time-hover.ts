import type { Host } from "../../host/host.ts";
import { readString } from "../../host/read-values.ts";
import { nextElapses, parseCalendar } from "../../shell/calendar.ts";
import { type CalendarSpec, WEEKDAY_NAMES } from "../../shell/calendar-spec.ts";
import { formatTimeSpan, parseTimeSpan } from "../../shell/time-span.ts";
import { zoneOffset } from "../../shell/time-zone.ts";
import type { Program } from "../../syntax/expr.ts";
import { bindingAt, enclosing } from "../../syntax/walk.ts";
import type { CheckedHost } from "../analysis.ts";
import type { Hover } from "../hover.ts";
import { writtenTextAt } from "../path-at.ts";

/** Options that hold calendar expressions, by their last name. */
const CALENDARS =
  /^(OnCalendar|onCalendar|startAt|dates|calendar|interval|snapshotInterval|cleanupInterval|frequency|timerConfig)$/;
/** Options of units that hold time spans. */
const SPANS = /^(On[A-Z]\w*Sec|\w+(Sec|USec)|retention|cleanupInterval|frequency)$/;
const COUNT = 5;

/**
 * A calendar expression or time span under the cursor: its normal form, and when it elapses next. `now` is in
 * milliseconds since 1970.
 */
export function timeHover(
  program: Program,
  offset: number,
  owners: readonly CheckedHost[],
  now: number,
): Hover | undefined {
  const written = writtenTextAt(program, offset) ?? numberAt(program, offset);
  const found = written && bindingAt(program, offset);
  if (!written || found?.binding.kind !== "bind" || offset < found.binding.value.start) return undefined;
  const last = found.binding.path.at(-1);
  const name = last?.kind === "name" ? last.name : "";
  const markdown =
    (namesCalendar(name) && calendarText(written.text, owners, now)) ||
    (SPANS.test(name) && spanText(written.text)) ||
    undefined;
  return markdown === undefined ? undefined : { markdown, span: written.span };
}

/** Whether options of this name hold calendar expressions. */
export function namesCalendar(name: string): boolean {
  return CALENDARS.test(name);
}

function numberAt(program: Program, offset: number) {
  const inner = enclosing(program, offset).at(-1);
  return inner?.kind === "int" ? { text: inner.digits, span: inner } : undefined;
}

function calendarText(text: string, owners: readonly CheckedHost[], now: number): string | undefined {
  const parsed = parseCalendar(text);
  if (!parsed.ok) return undefined;
  return [
    `**\`${parsed.normalized}\`**`,
    elapsesText(
      parsed.spec,
      owners.map(({ host }) => host),
      now,
    ),
  ].join("\n\n");
}

/** When a calendar expression elapses next, in Markdown, in the time zone of each host. `now` is in milliseconds since 1970. */
export function elapsesText(spec: CalendarSpec, hosts: readonly Host[], now: number): string {
  const parts = zonesOf(hosts).map(({ zone, note }) => {
    const elapses = nextElapses(spec, now * 1000, COUNT, zone);
    if (elapses.kind === "unknown") return `Cannot tell when it elapses, because ${elapses.reason}.`;
    if (elapses.kind === "never") return "It never elapses again.";
    const own = spec.zone.kind === "iana" ? spec.zone.name : undefined;
    const shownZone = spec.zone.kind === "utc" ? "UTC" : (own ?? zone);
    const list = elapses.instants.map((instant) => `- ${instantText(instant, shownZone)}`);
    const title = shownZone === zone && own === undefined ? `Next in ${shownZone}${note}:` : `Next in ${shownZone}:`;
    return `${title}\n\n${list.join("\n")}`;
  });
  return [...new Set(parts)].join("\n\n");
}

interface Zone {
  readonly zone: string;
  /** Why it is this one. */
  readonly note: string;
}

/** The time zones of the hosts that own the file, each once. */
function zonesOf(hosts: readonly Host[]): Zone[] {
  const zones = hosts.map((host): Zone => {
    const zone = readString(host.config.at("time", "timeZone"));
    if (!zone) return { zone: "UTC", note: " (no `time.timeZone` is set)" };
    return zone.known
      ? { zone: zone.value, note: "" }
      : { zone: "UTC", note: `, if that is the zone: it cannot be told, because ${zone.why}` };
  });
  const unique = zones.filter(({ zone }, index) => zones.findIndex((other) => other.zone === zone) === index);
  return unique.length > 0 ? unique.slice(0, 3) : [{ zone: "UTC", note: " (the file belongs to no host)" }];
}

/** As `systemd-analyze calendar` writes it, with the difference to UTC in place of the zone's abbreviation. */
export function instantText(micros: number, zone: string): string {
  const millis = Math.floor(micros / 1000);
  const shift = zoneOffset(zone)?.(millis) ?? 0;
  const local = new Date(millis + shift * 1000);
  const rest = micros % 1_000_000;
  const fraction = rest === 0 ? "" : `.${String(rest).padStart(6, "0")}`;
  const day = WEEKDAY_NAMES[(local.getUTCDay() + 6) % 7];
  const [date, time] = local.toISOString().slice(0, 19).split("T");
  return `${day} ${date} ${time}${fraction} ${differenceText(shift)}`;
}

/** `shift` in seconds. */
function differenceText(shift: number): string {
  if (shift === 0) return "UTC";
  const minutes = Math.round(Math.abs(shift) / 60);
  const two = (number: number) => String(number).padStart(2, "0");
  return `(UTC${shift < 0 ? "−" : "+"}${two(Math.floor(minutes / 60))}:${two(minutes % 60)})`;
}

function spanText(text: string): string | undefined {
  const parsed = parseTimeSpan(text);
  if (!parsed.ok) return undefined;
  const seconds = parsed.seconds === Number.POSITIVE_INFINITY ? "for ever" : `${parsed.seconds} seconds`;
  return `**\`${formatTimeSpan(parsed.micros)}\`** · ${seconds}`;
}
