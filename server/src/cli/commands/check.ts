import { version } from "../../../../package.json";
import type { Analysis } from "../../ide/analysis.ts";
import { findingHelp } from "../../ide/finding-help.ts";
import { isConfigFile } from "../../ide/project-config/project-config.ts";
import type { SuppressedFinding } from "../../ide/suppressions/suppress.ts";
import { checkJson } from "../../report/check-json.ts";
import { concise } from "../../report/concise.ts";
import { github } from "../../report/github.ts";
import { colors, pretty, summary } from "../../report/pretty.ts";
import { printableJson, printableLine } from "../../report/printable.ts";
import { sarif } from "../../report/sarif.ts";
import { unifiedDiff } from "../../report/unified-diff.ts";
import { unjudged } from "../../report/unjudged.ts";
import type { Finding, Severity } from "../../rules/rule.ts";
import { analyse } from "../analyse.ts";
import { fixNotes } from "../fix-notes.ts";
import { fixedTexts } from "../fixed-texts.ts";
import { type OpenedWorkspace, openWorkspace, relativePath } from "../open-workspace.ts";
import { terminalWidth, useColor, write, writeNote } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";
import { writeTexts } from "../write-texts.ts";

export interface CheckOptions {
  readonly fix?: boolean;
  readonly unsafeFixes?: boolean;
  readonly diff?: boolean;
  readonly format?: "pretty" | "concise" | "json" | "sarif" | "github";
  readonly host: readonly string[];
  readonly severity: Severity;
  readonly exclude: readonly string[];
  readonly inputsFromStore?: boolean;
}

/** What a check came to. */
interface Outcome {
  readonly analysis: Analysis;
  readonly findings: readonly Finding[];
  readonly suppressed: readonly SuppressedFinding[];
  /** Undefined without `--fix`. */
  readonly fixed: number | undefined;
  /** What a reader has to know to judge the findings, or that there are none. */
  readonly notes: readonly string[];
}

const RANK: readonly Severity[] = ["error", "warning", "information", "hint"];

/** `check`: 0 when nothing is found, or with `--diff` nothing would change, else 1. */
export async function check(paths: readonly string[], options: CheckOptions): Promise<number> {
  if (options.diff && options.format) throw new UsageError("`--diff` prints a patch and takes no `--format`");
  const opened = await openWorkspace(paths, options);
  // A configuration above the named folders speaks for them, too.
  const wanted = ({ severity, at }: Finding) =>
    RANK.indexOf(severity) <= RANK.indexOf(options.severity) && (opened.isNamed(at.file) || isConfigFile(at.file));
  const run = () => analyseNamed(opened, options.host);
  if (options.diff) return printDiff(opened, run, wanted, options);
  const { analysis, fixed, notes } = options.fix ? fix(opened, run, wanted, options) : unfixed(run());
  const findings = analysis.findings.filter(wanted);
  const suppressed = analysis.suppressed.filter(({ finding }) => wanted(finding));
  const allNotes = [...notes, ...notesOn(opened, analysis)];
  print({ analysis, findings, suppressed, fixed, notes: allNotes }, opened, options);
  return findings.length > 0 ? 1 : 0;
}

function unfixed(analysis: Analysis): Pick<Outcome, "analysis" | "fixed" | "notes"> {
  return { analysis, fixed: undefined, notes: [] };
}

type Wanted = (finding: Finding) => boolean;

function fix(
  opened: OpenedWorkspace,
  run: () => Analysis,
  wanted: Wanted,
  options: CheckOptions,
): Pick<Outcome, "analysis" | "fixed" | "notes"> {
  const { analysis, applied, texts, notes } = fixedTexts(opened, run, { wanted, unsafe: options.unsafeFixes === true });
  writeTexts(texts);
  return { analysis, fixed: applied.length, notes: [...notes, ...fixNotes(applied)] };
}

/** `--diff`: the patch goes to standard output, everything else to standard error. */
function printDiff(opened: OpenedWorkspace, run: () => Analysis, wanted: Wanted, options: CheckOptions): number {
  const { applied, texts, notes } = fixedTexts(opened, run, { wanted, unsafe: options.unsafeFixes === true });
  write(unifiedDiff([...texts].map(([file, text]) => ({ path: relativePath(file), ...text }))));
  for (const note of [...notes, ...fixNotes(applied)]) writeNote(`note: ${printableLine(note)}\n`);
  const { length } = applied;
  writeNote(
    length === 0 ? "Nothing would be fixed.\n" : `${length} fix${length === 1 ? "" : "es"} would be applied.\n`,
  );
  return texts.size > 0 ? 1 : 0;
}

function analyseNamed({ workspace, namedFiles }: OpenedWorkspace, wanted: readonly string[]): Analysis {
  const select = ({ name }: { name: string }) => wanted.length === 0 || wanted.includes(name);
  const analysis = analyse(workspace, { select, inView: namedFiles.filter((file) => file.endsWith(".nix")) });
  const known = new Set([...analysis.hosts, ...analysis.unchecked].map(({ reference }) => reference.name));
  const missing = wanted.find((name) => !known.has(name));
  if (missing !== undefined) {
    throw new UsageError(`there is no host \`${missing}\`; \`nix-impermanence hosts\` lists them`);
  }
  return analysis;
}

function notesOn({ workspace, namedFiles, locations }: OpenedWorkspace, analysis: Analysis): string[] {
  const notes = [...workspace.problems.map((problem) => `${problem}.`)];
  if (analysis.hosts.length + analysis.unchecked.length + analysis.problems.length === 0) {
    notes.push("No NixOS host was found here, so nothing was checked but syntax.");
  }
  notes.push(...unjudged(analysis.hosts.map(({ host }) => host)));
  for (const file of namedFiles) {
    const shown = `\`${locations().shown(file)}\``;
    if (!file.endsWith(".nix")) notes.push(`${shown} is no Nix file, so nothing in it was checked.`);
    else if (!analysis.hosts.some(({ files }) => files.has(file))) {
      const read = workspace.programs.program(file);
      notes.push("why" in read ? `${read.why}.` : `${shown} belongs to no checked host: only its syntax was checked.`);
    }
  }
  return notes;
}

function print(
  { analysis, findings, suppressed, fixed, notes }: Outcome,
  opened: OpenedWorkspace,
  options: CheckOptions,
): void {
  const locations = opened.locations();
  const format = options.format ?? (process.env.GITHUB_ACTIONS === "true" ? "github" : "pretty");
  const all = [
    ...notes.map((note) => `note: ${printableLine(note)}\n`),
    ...(fixed === undefined ? [] : [`${fixed} fix${fixed === 1 ? "" : "es"} applied.\n`]),
  ].join("");
  const end = (color: boolean) =>
    `${all}${summary({ findings, suppressed: suppressed.length, hosts: analysis.hosts.length }, colors(color))}\n`;
  switch (format) {
    case "json": {
      const json = checkJson(analysis, { findings, suppressed }, locations);
      write(`${printableJson(fixed === undefined ? json : { ...json, fixed })}\n`);
      // The rest is in the document itself.
      for (const note of notes) writeNote(`note: ${printableLine(note)}\n`);
      return;
    }
    case "sarif":
      write(`${printableJson(sarif({ findings, suppressed }, locations, findingHelp(), version))}\n`);
      writeNote(all);
      return;
    // These are read by programs: standard output holds findings only.
    case "github":
      write(github(findings, locations));
      writeNote(end(false));
      return;
    case "concise":
      write(concise(findings, locations));
      writeNote(end(false));
      return;
    case "pretty": {
      const color = useColor();
      write(pretty(findings, locations, colors(color), terminalWidth()));
      write(`${findings.length > 0 ? "\n" : ""}${end(color)}`);
    }
  }
}
