import { type KeepSpan, type RetentionPolicy, type RetentionUnit, UNIT_SECONDS } from "./retention.ts";
import { parseTimeSpan } from "./time-span.ts";

export type RetentionParse =
  | { readonly ok: true; readonly policy: RetentionPolicy }
  | { readonly ok: false; readonly message: string };

/**
 * Reads how long snapshots are kept, in the words of hosts' own policies: a time span with units (`30d`, `2 weeks`), or
 * rules joined by `+`, commas or “and” (`5 recent + 1/week for 4 weeks + 1/month`, `last 5, 7 daily`, `30d + 1/month`). A
 * bare number counts `bare`, when it is known what its reader takes it for; otherwise it is invalid, since it may be days
 * as well as snapshots. Snapshots of a text such as “0 recent” are none.
 */
export function parseRetention(text: string, bare?: "hour" | "day" | "week" | "month" | "recent"): RetentionParse {
  const trimmed = text.trim().replace(/\s+/g, " ");
  if (trimmed === "") return { ok: false, message: "The retention is empty." };
  if (/^\d+$/.test(trimmed)) {
    const count = Number(trimmed);
    if (bare === undefined) {
      return {
        ok: false,
        message: `“${trimmed}” has no unit: days or snapshots? Write ${trimmed}d or ${trimmed} recent.`,
      };
    }
    if (count === 0) return keepsNothing();
    return bare === "recent" ? policyOf({ newest: count }) : policyOf({ youngerThan: count * UNIT_SECONDS[bare] });
  }
  const span = parseTimeSpan(trimmed);
  if (span.ok && span.seconds === 0) return keepsNothing();
  if (span.ok) return policyOf({ youngerThan: span.seconds });
  let newest = 0;
  let youngerThan = 0;
  const spans: KeepSpan[] = [];
  for (const written of trimmed.split(/ ?[+,;&] ?| and /i)) {
    const term = written.trim().toLowerCase();
    const age = /\d/.test(term) ? parseTimeSpan(term) : undefined;
    const recent = readRecent(term);
    const keep = readSpan(term);
    if (recent !== undefined) newest = Math.max(newest, recent);
    else if (keep) spans.push(keep);
    else if (age?.ok && !/^\d+$/.test(term)) youngerThan = Math.max(youngerThan, age.seconds);
    else {
      return {
        ok: false,
        message: `“${written}” is neither a time span (30d) nor a rule (5 recent, 1/week for 4 weeks).`,
      };
    }
  }
  return policyOf({ newest, youngerThan, spans });
}

function policyOf(parts: Partial<RetentionPolicy>): RetentionParse {
  return { ok: true, policy: { newest: 0, youngerThan: 0, spans: [], ...parts } };
}

function keepsNothing(): RetentionParse {
  return { ok: false, message: "A retention of zero keeps nothing." };
}

const UNIT_WORDS: Readonly<Record<string, RetentionUnit>> = {
  hourly: "hour",
  daily: "day",
  weekly: "week",
  monthly: "month",
  quarterly: "quarter",
  yearly: "year",
};
const UNIT = "(hour|day|week|month|quarter|year)s?";
const EACH = new RegExp(
  `^(?:keep )?(\\d+) ?(?:/|per|a|an|each|every) ?${UNIT}(?: for (?:the last )?(\\d+ )?${UNIT})?$`,
);

function readRecent(term: string): number | undefined {
  const recent =
    /^(?:keep )?(?:the )?(\d+) (?:most )?(?:recent|latest|newest|last)$/.exec(term) ??
    /^(?:keep )?(?:the )?(?:last|latest|newest|most recent) (\d+)$/.exec(term);
  return recent ? Number(recent[1]) : undefined;
}

function readSpan(term: string): KeepSpan | undefined {
  const named = /^(?:keep )?(\d+) (hourly|daily|weekly|monthly|quarterly|yearly)$/.exec(term);
  if (named) return { unit: UNIT_WORDS[named[2]!]!, each: 1, last: Number(named[1]) };
  const match = EACH.exec(term);
  if (!match) return undefined;
  const [, each, word, count, lasting] = match;
  const unit = word as RetentionUnit;
  if (lasting === undefined) return { unit, each: Number(each), last: Number.POSITIVE_INFINITY };
  const seconds = Number(count ?? 1) * UNIT_SECONDS[lasting as RetentionUnit];
  return { unit, each: Number(each), last: Math.max(1, Math.round(seconds / UNIT_SECONDS[unit])) };
}
