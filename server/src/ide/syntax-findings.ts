import type { DiscoveryProblem } from "../modules/configuration.ts";
import type { Finding } from "../rules/rule.ts";
import type { Program, SyntaxProblem } from "../syntax/expr.ts";
import { importsScoped, undefinedNames } from "../syntax/undefined-names.ts";
import type { CheckedHost, UncheckedHost } from "./analysis.ts";

/** Codes of findings that no rule makes. */
export const SYNTAX_ERROR = "IMP001";
export const HOST_NOT_READ = "IMP002";

interface Reader {
  find(path: string): Program | undefined;
}

interface Examined {
  readonly hosts: readonly CheckedHost[];
  readonly unchecked: readonly UncheckedHost[];
  readonly problems: readonly DiscoveryProblem[];
  /** Files to look at although no host may use them. */
  readonly inView: readonly string[];
}

/** Syntax errors and undefined names in the files of hosts and in files in view, and hosts that cannot be evaluated at all. */
export function syntaxFindings(source: Reader, { hosts, unchecked, problems, inView }: Examined): Finding[] {
  const users = new Map<string, string[]>();
  const use = (file: string, ...names: string[]) => {
    const known = users.get(file);
    if (known) known.push(...names);
    else users.set(file, names);
  };
  for (const { reference, files } of hosts) for (const file of files) use(file, reference.name);
  for (const { reference } of unchecked) use(reference.entry, reference.name);
  for (const { entry } of problems) use(entry);
  for (const file of inView) use(file);
  const read = [...users].map(([file, names]) => ({ file, names, program: source.find(file) }));
  // Files that are imported so get names that nothing in them shows.
  const isScoped = read.some(({ program }) => program && importsScoped(program));
  const found = read.flatMap(({ file, names, program }) => {
    if (!program) return [];
    const problems = isScoped ? program.problems : [...program.problems, ...undefinedNames(program)];
    return syntaxErrors(problems, file, names);
  });
  // A syntax error in the same file is the cause and says more.
  const broken = new Set(found.map((finding) => finding.at.file));
  const failures = [
    ...unchecked.map(({ reference: { name, entry }, why, place }) =>
      notRead(entry, place, `The host \`${name}\` cannot be checked, because ${why}.`, [name]),
    ),
    ...problems.map(({ entry, why, place }) =>
      notRead(entry, place, `Hosts cannot be listed here, because ${why}. None of them is checked.`, []),
    ),
  ];
  return [...found, ...failures.filter(({ entry }) => !broken.has(entry)).map(({ finding }) => finding)];
}

function syntaxErrors(problems: readonly SyntaxProblem[], file: string, hosts: readonly string[]): Finding[] {
  return problems.map((problem) => ({
    code: SYNTAX_ERROR,
    rule: "syntax-error",
    severity: problem.isNoMistake ? "information" : "error",
    at: { file, start: problem.start, end: problem.end },
    message: problem.message,
    help: undefined,
    related: [],
    fixes: [],
    hosts,
  }));
}

function notRead(entry: string, place: Finding["at"] | undefined, message: string, hosts: readonly string[]) {
  const finding: Finding = {
    code: HOST_NOT_READ,
    rule: "host-not-read",
    severity: "information",
    at: place ?? { file: entry, start: 0, end: 0 },
    message,
    help: undefined,
    related: [],
    fixes: [],
    hosts,
  };
  return { entry, finding };
}
