import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";

interface Position {
  readonly line: number;
  readonly character: number;
}

/** A finding as `check --format json` prints it; only what the editor tests compare. */
export interface CheckedFinding {
  readonly code: string;
  readonly severity: "error" | "warning" | "information" | "hint";
  readonly message: string;
  /** From the top of the checked folder. */
  readonly file: string;
  readonly range: { readonly start: Position; readonly end: Position };
  readonly fix?: { readonly title: string };
}

/**
 * What the command line tool finds in a folder: what every editor has to show, since all share one analysis.
 *
 * @throws when the tool fails; findings are no failure
 */
export function checkedFindings(folder: string): CheckedFinding[] {
  const cli = join(process.cwd(), "dist", "cli.js");
  const done = spawnSync(process.execPath, [cli, "check", "--format", "json", folder], {
    encoding: "utf8",
    maxBuffer: 2 ** 26,
    cwd: folder,
  });
  if (done.status !== 0 && done.status !== 1) {
    throw new Error(`check ended with ${done.status}:\n${done.stdout}\n${done.stderr}`);
  }
  const { findings } = JSON.parse(done.stdout) as { findings: CheckedFinding[] };
  return findings.map((finding) => ({ ...finding, file: relative(folder, resolve(folder, finding.file)) }));
}

/** The text that a finding points at, when it lies on one line. */
export function pointedText(folder: string, finding: CheckedFinding): string {
  const { start, end } = finding.range;
  const line = readFileSync(join(folder, finding.file), "utf8").split("\n")[start.line] ?? "";
  return line.slice(start.character, end.line === start.line ? end.character : undefined);
}

/** The finding that all editor tests fix: the timer of the example that asks for `OnCalendar = "6h"`. */
export function calendarFinding(folder: string): CheckedFinding & { fix: { title: string } } {
  const found = checkedFindings(folder).find((finding) => finding.fix && pointedText(folder, finding).includes('"6h"'));
  if (!found?.fix) throw new Error('The example has no finding with a fix on OnCalendar = "6h".');
  return { ...found, fix: found.fix };
}
