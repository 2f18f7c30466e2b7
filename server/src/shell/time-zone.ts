import { TIME_ZONE_NAMES } from "./time-zone-names.ts";

/** Seconds east of UTC that a zone's clocks show at an instant given in milliseconds since 1970-01-01 UTC. */
export type ZoneOffset = (epochMillis: number) => number;

const HOUR_MILLIS = 3_600_000;
const DAY_MILLIS = 24 * HOUR_MILLIS;
const MAX_CACHED_HOURS = 20_000;

const knownNames = new Set(TIME_ZONE_NAMES.split(" "));
const offsets = new Map<string, ZoneOffset | undefined>();

/**
 * Whether systemd accepts the name as a time zone: a file below /usr/share/zoneinfo, upper and lower case as there.
 * Debian also ships each zone below `posix/` and `right/`.
 */
export function isTimeZoneName(name: string): boolean {
  return knownNames.has(name.replace(/^(posix|right)\//, "")) || name === "localtime" || name === "posixrules";
}

/** The clock of a zone, or undefined where the rules of that zone are not known here (`right/…`, `localtime`). */
export function zoneOffset(name: string): ZoneOffset | undefined {
  if (offsets.has(name)) return offsets.get(name);
  const made = makeOffset(name.replace(/^posix\//, ""));
  offsets.set(name, made);
  return made;
}

/**
 * The instants (milliseconds since 1970-01-01 UTC, earliest first) at which the clocks of a zone show the given local
 * time, itself given as if it were UTC. None in the hour a clock is put forward, two in the hour it is put back.
 */
export function instantsOfLocal(localMillis: number, offset: ZoneOffset): number[] {
  const guesses = new Set([
    localMillis - offset(localMillis - DAY_MILLIS) * 1000,
    localMillis - offset(localMillis + DAY_MILLIS) * 1000,
  ]);
  return [...guesses].filter((guess) => guess + offset(guess) * 1000 === localMillis).sort((a, b) => a - b);
}

function makeOffset(name: string): ZoneOffset | undefined {
  if (!knownNames.has(name)) return undefined;
  if (name === "Factory" || name === "UTC") return () => 0;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: name,
      calendar: "gregory",
      numberingSystem: "latn",
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch {
    return undefined;
  }
  const at = (epochMillis: number): number => {
    const field: Record<string, number> = {};
    for (const part of format.formatToParts(epochMillis)) field[part.type] = Number(part.value);
    const shown = Date.UTC(field.year!, field.month! - 1, field.day!, field.hour!, field.minute!, field.second!);
    return Math.round((shown - Math.floor(epochMillis / 1000) * 1000) / 1000);
  };
  // Formatting is slow and the search asks for the same hours again and again. Clocks change on quarter hours at the
  // finest, so an hour is cached only when both of its ends agree.
  const byHour = new Map<number, number | undefined>();
  return (epochMillis) => {
    const hour = Math.floor(epochMillis / HOUR_MILLIS);
    if (!byHour.has(hour)) {
      if (byHour.size >= MAX_CACHED_HOURS) byHour.clear();
      const start = at(hour * HOUR_MILLIS);
      byHour.set(hour, start === at((hour + 1) * HOUR_MILLIS - 1000) ? start : undefined);
    }
    return byHour.get(hour) ?? at(epochMillis);
  };
}
