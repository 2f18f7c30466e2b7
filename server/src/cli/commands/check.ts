import { version } from "../../../../package.json";
import { type Analysis, analyseWorkspace } from "../../ide/analysis.ts";
import { checkJson } from "../../report/check-json.ts";
import { concise } from "../../report/concise.ts";
import { github } from "../../report/github.ts";
import { colors, pretty, summary } from "../../report/pretty.ts";
import { sarif } from "../../report/sarif.ts";
import type { Finding, Severity } from "../../rules/rule.ts";
import { ruleHelp } from "../../rules/rule-help.ts";
import { applySafeFixes } from "../apply-fixes.ts";
import { isNamed, type OpenedWorkspace, openWorkspace } from "../open-workspace.ts";
import { terminalWidth, useColor, write } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";

export interface CheckOptions {
  readonly fix?: boolean;
  readonly format?: "pretty" | "concise" | "json" | "sarif" | "github";
  readonly host: readonly string[];
  readonly severity: Severity;
  readonly exclude: readonly string[];
}

const RANK: readonly Severity[] = ["error", "warning", "information", "hint"];

/** `check`: 0 when nothing is found, else 1. */
export async function check(paths: readonly string[], options: CheckOptions): Promise<number> {
  const opened = await openWorkspace(paths, options.exclude);
  let analysis = analyse(opened, options.host);
  let fixed: number | undefined;
  if (options.fix) {
    const wanted = (file: string) => isNamed(paths, file);
    const result = applySafeFixes(opened, analysis, () => analyse(opened, options.host), wanted);
    analysis = result.analysis;
    fixed = result.fixed;
  }
  const findings = analysis.findings.filter(
    (finding) => RANK.indexOf(finding.severity) <= RANK.indexOf(options.severity) && isNamed(paths, finding.at.file),
  );
  print(findings, analysis, opened, options, fixed);
  return findings.length > 0 ? 1 : 0;
}

function analyse(opened: OpenedWorkspace, wanted: readonly string[]): Analysis {
  const analysis = analyseWorkspace(opened.workspace, ({ name }) => wanted.length === 0 || wanted.includes(name));
  const missing = wanted.find(
    (name) => ![...analysis.hosts, ...analysis.unchecked].some(({ reference }) => reference.name === name),
  );
  if (missing !== undefined) {
    throw new UsageError(`there is no host \`${missing}\`; \`nix-impermanence hosts\` lists them`);
  }
  return analysis;
}

function print(
  findings: readonly Finding[],
  analysis: Analysis,
  { locations, workspace }: OpenedWorkspace,
  options: CheckOptions,
  fixed: number | undefined,
): void {
  const format = options.format ?? (process.env["GITHUB_ACTIONS"] === "true" ? "github" : "pretty");
  switch (format) {
    case "json":
      write(
        `${JSON.stringify({ ...checkJson(analysis, findings, locations), ...(fixed === undefined ? {} : { fixed }) }, null, 2)}\n`,
      );
      return;
    case "sarif":
      write(`${JSON.stringify(sarif(findings, locations, ruleHelp(), version), null, 2)}\n`);
      return;
    case "github":
      write(github(findings, locations));
      break;
    case "concise":
      write(concise(findings, locations));
      break;
    case "pretty":
      write(pretty(findings, locations, colors(useColor()), terminalWidth()));
      break;
  }
  const paint = colors(format === "pretty" && useColor());
  const notes = workspace.problems.map((problem) => `note: ${problem}\n`);
  if (analysis.hosts.length + analysis.unchecked.length + analysis.problems.length === 0) {
    notes.push("note: no NixOS host was found here, so nothing was checked.\n");
  }
  if (fixed !== undefined) notes.push(`${fixed} finding${fixed === 1 ? "" : "s"} fixed.\n`);
  const end = `${notes.join("")}${summary(findings, analysis.hosts.length, paint)}\n`;
  // Other formats are read by programs: their standard output holds findings only.
  if (format === "pretty") write(`${findings.length > 0 ? "\n" : ""}${end}`);
  else process.stderr.write(end);
}
