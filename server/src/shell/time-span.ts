/** All time spans are in microseconds, as bigint: systemd's range is that of an unsigned 64-bit number. */
export type TimeSpanParse =
  | {
      ok: true;
      /** Microseconds; `INFINITE_MICROS` for the word `infinity`. */
      micros: bigint;
      /** The same in seconds, `Infinity` for `infinity`; exact up to 2^53 microseconds. */
      seconds: number;
    }
  | { ok: false; message: string };

/** The largest unsigned 64-bit number stands for an infinite span, as in systemd. */
export const INFINITE_MICROS = 2n ** 64n - 1n;

const SECOND = 1_000_000n;
const LARGEST_WHOLE = 2n ** 63n - 1n;

/** Names of each unit in the order in which systemd tries them, so that `m` never wins over `ms` or `month`. */
const UNITS: readonly (readonly [names: string, micros: bigint])[] = [
  ["seconds second sec s", SECOND],
  ["minutes minute min", 60n * SECOND],
  ["months month M", 2_629_800n * SECOND],
  ["msec ms", 1000n],
  ["m", 60n * SECOND],
  ["hours hour hr h", 3600n * SECOND],
  ["days day d", 86_400n * SECOND],
  ["weeks week w", 604_800n * SECOND],
  ["years year y", 31_557_600n * SECOND],
  ["usec us µs μs", 1n],
];

const microsOf = new Map(UNITS.flatMap(([names, micros]) => names.split(" ").map((name) => [name, micros] as const)));
const UNIT_PATTERN = [...microsOf.keys()].join("|");
const PART = new RegExp(String.raw`^[ \t\n\r]*(?:[\v\f]*(\+?\d+))?(?:\.(\d+))?([ \t\n\r]*)(${UNIT_PATTERN})?`);

/**
 * Reads a systemd time span, such as `6h`, `1w 2d`, `1y 2M`, `infinity`; a bare number counts seconds.
 *
 * Source: systemd.time(7), section "Parsing Time Spans"; `M` is a month of 30.44 days, `m` a minute, `y` 365.25 days.
 * Accepts and rejects what `systemd-analyze timespan` 252 does; fractions of a microsecond are dropped as it does.
 */
export function parseTimeSpan(text: string): TimeSpanParse {
  if (/^[ \t\n\r]*infinity[ \t\n\r]*$/.test(text)) {
    return { ok: true, micros: INFINITE_MICROS, seconds: Number.POSITIVE_INFINITY };
  }
  if (/^[ \t\n\r]*$/.test(text)) return { ok: false, message: "The time span is empty." };
  let rest = text;
  let total = 0n;
  while (!/^[ \t\n\r]*$/.test(rest)) {
    const match = PART.exec(rest);
    const [all = "", whole, fraction, space, unit] = match ?? [];
    if (whole === undefined && fraction === undefined) return { ok: false, message: partProblem(rest, text) };
    // A number without a unit ends at a space: `1.1.1` and `8+7` are no sums.
    if (unit === undefined && space === "" && all.length < rest.length) {
      return { ok: false, message: partProblem(rest.slice(all.length), text) };
    }
    const micros = unit === undefined ? SECOND : microsOf.get(unit)!;
    const count = BigInt(whole?.replace("+", "") ?? "0");
    if (count > LARGEST_WHOLE || count >= INFINITE_MICROS / micros) return tooLong(text);
    total += count * micros + fractionMicros(fraction ?? "", micros);
    if (total >= INFINITE_MICROS) return tooLong(text);
    rest = rest.slice(all.length);
  }
  return { ok: true, micros: total, seconds: Number(total) / 1e6 };
}

/** Writes microseconds the way `systemd-analyze timespan` prints them as "Human". */
export function formatTimeSpan(micros: bigint): string {
  if (micros === INFINITE_MICROS) return "infinity";
  if (micros <= 0n) return "0";
  const parts: string[] = [];
  let left = micros;
  for (const [name, unit, decimals] of PRINTED) {
    if (left < unit) continue;
    const rest = left % unit;
    // Below a minute the rest is written as decimals of the largest unit that fits.
    if (rest > 0n && decimals > 0) {
      parts.push(`${left / unit}.${String(rest).padStart(decimals, "0")}${name}`);
      break;
    }
    parts.push(`${left / unit}${name}`);
    left = rest;
  }
  return parts.join(" ");
}

const PRINTED: readonly (readonly [name: string, micros: bigint, decimals: number])[] = [
  ["y", 31_557_600n * SECOND, 0],
  ["month", 2_629_800n * SECOND, 0],
  ["w", 604_800n * SECOND, 0],
  ["d", 86_400n * SECOND, 0],
  ["h", 3600n * SECOND, 0],
  ["min", 60n * SECOND, 0],
  ["s", SECOND, 6],
  ["ms", 1000n, 3],
  ["us", 1n, 0],
];

/** systemd divides the unit by ten for each decimal in whole numbers, so small remainders are lost on the way. */
function fractionMicros(digits: string, unit: bigint): bigint {
  let total = 0n;
  let place = unit / 10n;
  for (const digit of digits) {
    total += BigInt(digit) * place;
    place /= 10n;
  }
  return total;
}

function tooLong(text: string): TimeSpanParse {
  return { ok: false, message: `“${text}” is longer than systemd can count.` };
}

function partProblem(rest: string, text: string): string {
  const piece = rest.trim();
  if (piece.startsWith("-")) return `A time span cannot be negative: “${text}”.`;
  return `“${piece}” in “${text}” is not a number with a unit (us, ms, s, min or m, h, d, w, M or month, y).`;
}
