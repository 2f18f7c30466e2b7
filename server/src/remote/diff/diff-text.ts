import { printableLine } from "../../report/printable.ts";
import { asTyped, type OptionWords } from "../option-words.ts";
import { shownSize } from "../shown-bytes.ts";
import type { Diff, DiffGroup, DiffRow } from "./diff-schema.ts";

const SIGNS: Readonly<Record<DiffRow["change"], string>> = {
  added: "+",
  modified: "~",
  deleted: "-",
  renamed: ">",
  metadata: "m",
  replaced: "!",
  subvolume: "s",
  times: "t",
};
const WORDS: Readonly<Record<DiffRow["change"], string>> = {
  added: "new",
  modified: "changed",
  deleted: "deleted",
  renamed: "renamed",
  metadata: "other owner, mode or attributes",
  replaced: "replaced",
  subvolume: "a subvolume inside the root: it is in no snapshot of the root, and stops its deletion",
  times: "other times",
};

/** The answer of `diff` for people. */
export function diffText(diff: Diff, say: OptionWords = asTyped): string {
  const { question, of, against, why, notes, limits, rows, groups, hidden, complete, engine } = diff;
  const line = (text: string) => `${printableLine(text)}\n`;
  if (engine === "none") return line(`Nothing: ${why}.`);
  const title = {
    "next-reboot": `What the next reboot loses of ${of}`,
    "last-reboot": `What the last reboot lost of ${of}`,
    between: `What differs in ${of}`,
  }[question];
  const known = against === null ? "" : `, compared with ${against}`;
  const counted = hidden.reduce((sum, one) => sum + one.rows, 0);
  return [
    line(`${title}${known}`),
    line(`(${why})`),
    ...(complete ? [] : [line("INCOMPLETE: not all of it could be read.")]),
    ...notes.map((note) => line(`note: ${note}`)),
    "\n",
    ...(groups.length === 0 ? [line("  nothing that matters")] : groups.map((group) => line(groupText(group, rows)))),
    ...(counted === 0 ? [] : ["\n", line(say("Not shown (--show FILTER brings one back, --all everything):"))]),
    ...hidden.map((one) => line(`  ${one.filter}: ${one.rows} (${shownSize(one.bytes)}), ${one.title}`)),
    ...(limits.length === 0 ? [] : ["\n"]),
    ...limits.map((limit) => line(`limit: ${limit}`)),
  ].join("");
}

function groupText({ path, first, rows: count, bytes }: DiffGroup, all: readonly DiffRow[]): string {
  const rows = all.slice(first, first + count);
  const [head] = rows as [DiffRow];
  const facts = count === 1 ? oneText(head) : manyText(rows, bytes);
  const services = [...new Set(rows.flatMap((row) => row.services))];
  const hidden = [...new Set(rows.flatMap(({ hiddenBelow }) => hiddenBelow ?? []))];
  const fates = [...new Set(rows.flatMap(({ fate }) => (fate ? [fateText(fate)] : [])))];
  const sign = count === 1 ? SIGNS[head.change] : [...new Set(rows.map(({ change }) => SIGNS[change]))].join("");
  const isDirectory = count > 1 || head.type === "directory";
  return [
    `  ${sign} ${path}${isDirectory && path !== "/" ? "/" : ""}  ${facts.filter(Boolean).join(", ")}`,
    ...(services.length > 0 ? [` [${services.join(", ")}]`] : []),
    ...(hidden.length > 0 ? [` (hidden below the mount ${hidden.join(", ")})`] : []),
    ...(fates.length === 1
      ? [` — ${fates[0]}`]
      : fates.length > 1
        ? [` — ${fates.length} fates: ${fates.join("; ")}`]
        : []),
  ].join("");
}

function oneText({ change, type, size, user, group, mode, from, also, target }: DiffRow): string[] {
  return [
    change === "renamed" || change === "replaced" ? `${WORDS[change]}${from ? ` (was ${from})` : ""}` : WORDS[change],
    also === undefined ? "" : also === "modified" ? "and changed" : "with another owner or mode",
    type === undefined || type === "file" ? "" : type,
    target === undefined ? "" : `to ${target}`,
    size === undefined ? "" : shownSize(size),
    user === undefined ? "" : `${user}:${group} ${mode ?? ""}`.trim(),
  ];
}

function manyText(rows: readonly DiffRow[], bytes: number): string[] {
  const counts = new Map<DiffRow["change"], number>();
  for (const { change } of rows) counts.set(change, (counts.get(change) ?? 0) + 1);
  return [...[...counts].map(([change, count]) => `${count} ${WORDS[change]}`), shownSize(bytes)];
}

function fateText({ survives, by, why }: NonNullable<DiffRow["fate"]>): string {
  if (survives === "yes") return `kept by the configuration (${by}), once today's content is copied there`;
  return survives === "no" ? `lost: ${by}` : `cannot tell: ${why ?? by}`;
}
