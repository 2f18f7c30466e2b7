import { type KeepRule, type RetentionUnit, UNIT_SECONDS } from "./retention.ts";

export type BtrbkPreserve =
  /** `no` gives no rules. */
  { ok: true; rules: KeepRule[] } | { ok: false; message: string };

export type BtrbkPreserveMin =
  /** Nothing is ever deleted, whatever `preserve` says. */
  | { ok: true; kind: "all" }
  | { ok: true; kind: "latest" }
  /** Only targets and archives may keep nothing. */
  | { ok: true; kind: "no" }
  | { ok: true; kind: "span"; seconds: number }
  | { ok: false; message: string };

export type SnapperLimit = { ok: true; least: number; most: number } | { ok: false; message: string };

const LETTERS: Readonly<Record<string, RetentionUnit>> = { h: "hour", d: "day", w: "week", m: "month", y: "year" };

/**
 * Reads the value of btrbk's `snapshot_preserve`, `target_preserve` or `archive_preserve`: `no`, or counts with `h`,
 * `d`, `w`, `m`, `y` in any order, `*` for all (`14d 4w *m`). Source: btrbk.conf(5), "Retention Policy", and the
 * answers of btrbk 0.32.5.
 */
export function parseBtrbkPreserve(text: string): BtrbkPreserve {
  const trimmed = text.trim();
  if (trimmed === "no") return { ok: true, rules: [] };
  if (trimmed === "")
    return { ok: false, message: "The policy is empty; write “no” to keep nothing beyond the minimum." };
  const rules: KeepRule[] = [];
  for (const token of trimmed.split(/\s+/)) {
    const match = /^(\*|\d+)([hdwmyHDWMY])$/.exec(token);
    if (!match) return { ok: false, message: preserveProblem(token, trimmed) };
    const per = LETTERS[match[2]!.toLowerCase()]!;
    if (rules.some((rule) => rule.per === per)) return { ok: false, message: `“${trimmed}” counts ${per}s twice.` };
    rules.push(match[1] === "*" ? { per, each: 1 } : { per, each: 1, buckets: Number(match[1]) });
  }
  return { ok: true, rules };
}

function preserveProblem(token: string, text: string): string {
  if (token.includes(",")) return `“${text}” has commas; btrbk wants spaces: ${text.replace(/\s*,\s*/g, " ")}.`;
  if (token === "no") return "“no” stands alone.";
  if (token === "all" || token === "latest") return `“${token}” is a value for the option that ends in _min.`;
  return `“${token}” is not a count with h, d, w, m or y, such as 14d or *m.`;
}

/**
 * Reads btrbk's `…_preserve_min`, whose default is `all`: `all`, `latest`, or one count with a unit (`2d`). `of` is
 * what the option is about: snapshots refuse `no` and counts that begin with zero. Source: btrbk.conf(5), btrbk 0.32.5.
 */
export function parseBtrbkPreserveMin(text: string, of: "snapshot" | "target" | "archive"): BtrbkPreserveMin {
  const trimmed = text.trim();
  if (trimmed === "all" || trimmed === "latest") return { ok: true, kind: trimmed };
  if (trimmed === "no" && of !== "snapshot") return { ok: true, kind: "no" };
  if (trimmed === "no")
    return { ok: false, message: "Snapshots cannot have a minimum of “no”; write “latest” to keep only the newest." };
  const match = (of === "snapshot" ? /^([1-9]\d*)([hdwmy])$/ : /^(\d+)([hdwmy])$/).exec(trimmed);
  if (match) return { ok: true, kind: "span", seconds: Number(match[1]) * UNIT_SECONDS[LETTERS[match[2]!]!] };
  return {
    ok: false,
    message: `“${trimmed}” is neither “all”, “latest” nor one count with h, d, w, m or y, such as 2d.`,
  };
}

/**
 * Reads a limit of snapper's cleanup (`TIMELINE_LIMIT_DAILY` and the like): a count, or a range `5-10` within which
 * free space decides. Source: snapper-configs(5). A range that runs backwards is taken for a mistake.
 */
export function parseSnapperLimit(value: string | number): SnapperLimit {
  const match = /^(\d+)(?:-(\d+))?$/.exec(String(value).trim());
  if (!match) return { ok: false, message: `“${value}” is neither a count (10) nor a range (5-10).` };
  const least = Number(match[1]);
  const most = Number(match[2] ?? match[1]);
  if (least > most) return { ok: false, message: `The range “${value}” runs backwards.` };
  return { ok: true, least, most };
}
