import pc from "picocolors";
import type { Finding, Severity } from "../rules/rule.ts";
import type { Position } from "../syntax/positions.ts";
import { codeFrame } from "./code-frame.ts";
import type { Locations } from "./locations.ts";
import { printable, printableLine } from "./printable.ts";
import { ruleUrl } from "./rule-url.ts";
import { textWidth } from "./text-width.ts";

export type Colors = ReturnType<typeof pc.createColors>;

export function colors(enabled: boolean): Colors {
  return pc.createColors(enabled);
}

/** Findings as a person reads them: what, where, why, what to do. `width` is the terminal's in columns. */
export function pretty(findings: readonly Finding[], locations: Locations, paint: Colors, width: number): string {
  return findings.map((finding) => block(finding, locations, paint, Math.max(40, Math.min(width, 100)))).join("\n");
}

function block(finding: Finding, locations: Locations, paint: Colors, width: number): string {
  const color = severityColor(finding.severity, paint);
  const { start } = locations.range(finding.at);
  const where = placeText(finding.at.file, start, locations);
  const lines = [
    `${color(paint.bold(`${finding.severity}[${finding.code}]`))} ${paint.bold(finding.rule)}`,
    `  ${paint.cyan("-->")} ${where}${hostsNote(finding, paint)}`,
    codeFrame(finding.at, locations, paint, color),
    ...wrap(printable(finding.message), width - 2).map((line) => `  ${line}`),
  ];
  if (finding.help) lines.push(...labelled("help", finding.help, paint.green, width));
  for (const { place, message } of finding.related) {
    const text = `${placeText(place.file, locations.range(place).start, locations)} ${message}`;
    lines.push(...labelled("see", text, paint.blue, width));
  }
  for (const fix of finding.fixes) {
    const note = fix.note ? ` (then: ${fix.note})` : "";
    lines.push(...labelled(fix.safety === "safe" ? "fix" : "fix?", `${fix.title}${note}`, paint.green, width));
  }
  const url = ruleUrl(finding);
  const docs = `nix-impermanence explain ${finding.code}${url ? `  ${url}` : ""}`;
  // Not broken at spaces: a command and an address are there to be copied.
  lines.push(`  ${paint.dim("docs")}: ${docs}`);
  return `${lines.filter((line) => line !== "").join("\n")}\n`;
}

function placeText(file: string, { line, character }: Position, locations: Locations): string {
  return `${printableLine(locations.shown(file))}:${line + 1}:${character + 1}`;
}

function hostsNote(finding: Finding, paint: Colors): string {
  if (finding.hosts.length === 0) return "";
  const shown = printableLine(finding.hosts.slice(0, 4).join(", "));
  const more = finding.hosts.length > 4 ? ` and ${finding.hosts.length - 4} more` : "";
  return paint.dim(`  (host${finding.hosts.length > 1 ? "s" : ""} ${shown}${more})`);
}

function labelled(label: string, text: string, paint: (text: string) => string, width: number): string[] {
  const indent = " ".repeat(label.length + 4);
  return wrap(printable(text), width - indent.length).map((line, index) =>
    index === 0 ? `  ${paint(label)}: ${line}` : `${indent}${line}`,
  );
}

function severityColor(severity: Severity, paint: Colors): (text: string) => string {
  return { error: paint.red, warning: paint.yellow, information: paint.blue, hint: paint.gray }[severity];
}

/** Breaks a text at spaces so that no line is wider than `width` columns, if words allow. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split("\n")) {
    let line = "";
    for (const word of paragraph.split(" ")) {
      const longer = line === "" ? word : `${line} ${word}`;
      if (line !== "" && textWidth(longer) > width) {
        lines.push(line);
        line = word;
      } else line = longer;
    }
    lines.push(line);
  }
  return lines;
}

/** What the last line of a check counts. */
export interface Counted {
  readonly findings: readonly Finding[];
  /** How many more comments allow. */
  readonly suppressed: number;
  readonly hosts: number;
}

/** The last line of a check: how many findings, of which kind, on how many hosts, and what can be done about them. */
export function summary({ findings, suppressed, hosts }: Counted, paint: Colors): string {
  const allowed = suppressed === 0 ? "" : ` ${suppressed} more allowed by comments.`;
  if (findings.length === 0) return `${paint.green(`No findings on ${count(hosts, "host")}.`)}${allowed}`;
  const kinds = (["error", "warning", "information", "hint"] as const).flatMap((severity) => {
    const found = findings.filter((finding) => finding.severity === severity).length;
    return found === 0 ? [] : [severityColor(severity, paint)(count(found, NAMES[severity]))];
  });
  const safe = findings.filter((finding) => finding.fixes.some((fix) => fix.safety === "safe")).length;
  const unsafe = findings.filter(({ fixes }) => fixes.length > 0).length - safe;
  const hints = [
    ...(safe > 0 ? [` ${safe} can be fixed with --fix.`] : []),
    ...(unsafe > 0
      ? [` ${unsafe} ${safe > 0 ? "more" : "can be fixed"} with --fix --unsafe-fixes; look at the result.`]
      : []),
  ];
  return `${kinds.join(", ")} on ${count(hosts, "host")}.${hints.join("")}${allowed}`;
}

const NAMES: Record<Severity, string> = { error: "error", warning: "warning", information: "note", hint: "hint" };

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
