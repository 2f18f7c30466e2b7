import type { Place } from "../eval/origin.ts";
import type { HostReference } from "../modules/configuration.ts";
import type { Finding } from "../rules/rule.ts";
import type { Program } from "../syntax/expr.ts";

/** Codes of findings that no rule makes. */
export const SYNTAX_ERROR = "IMP001";
export const HOST_NOT_READ = "IMP002";

interface Reader {
  find(path: string): Program | undefined;
}

/** Syntax errors in the files of hosts, and hosts that cannot be evaluated at all, as findings. */
export function syntaxFindings(
  source: Reader,
  hosts: readonly { readonly reference: HostReference; readonly files: ReadonlySet<string> }[],
  failures: readonly {
    readonly why: string;
    readonly place: Place | undefined;
    readonly entry?: string;
    readonly reference?: HostReference;
  }[],
): Finding[] {
  const users = new Map<string, string[]>();
  for (const { reference, files } of hosts) {
    for (const file of files) users.set(file, [...(users.get(file) ?? []), reference.name]);
  }
  for (const failure of failures) {
    const entry = failure.reference?.entry ?? failure.entry;
    if (entry && !users.has(entry)) users.set(entry, failure.reference ? [failure.reference.name] : []);
  }
  const found = [...users].flatMap(([file, names]) => syntaxErrors(source, file, names));
  const broken = new Set(found.map((finding) => finding.at.file));
  return [...found, ...failures.flatMap((failure) => notRead(failure, broken))];
}

/** The syntax errors of one file. */
export function syntaxErrors(source: Reader, file: string, hosts: readonly string[]): Finding[] {
  return (source.find(file)?.problems ?? []).map((problem) => ({
    code: SYNTAX_ERROR,
    rule: "syntax-error",
    severity: "error",
    at: { file, start: problem.start, end: problem.end },
    message: problem.message,
    help: undefined,
    related: [],
    fixes: [],
    hosts,
  }));
}

function notRead(
  failure: {
    readonly why: string;
    readonly place: Place | undefined;
    readonly entry?: string;
    readonly reference?: HostReference;
  },
  broken: ReadonlySet<string>,
): Finding[] {
  const entry = failure.reference?.entry ?? failure.entry ?? "";
  // A syntax error in the same file is the cause and says more.
  if (broken.has(entry)) return [];
  const name = failure.reference?.name;
  return [
    {
      code: HOST_NOT_READ,
      rule: "host-not-read",
      severity: "information",
      at: failure.place ?? { file: entry, start: 0, end: 0 },
      message: name
        ? `The host \`${name}\` cannot be checked, because ${failure.why}.`
        : `The hosts of this flake cannot be listed, because ${failure.why}. None of them is checked.`,
      help: undefined,
      related: [],
      fixes: [],
      hosts: name ? [name] : [],
    },
  ];
}
