import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { NixError } from "../../../server/src/eval/nix-error.ts";
import { NoAnswer, nixText } from "./nix-text.ts";
import type { Request, Session } from "./session.ts";

export type Outcome = "passed" | "failed" | "declined";

export interface CaseResult {
  readonly name: string;
  readonly group: "eval-okay" | "eval-fail" | "parse-okay" | "parse-fail";
  readonly outcome: Outcome;
  readonly detail: string;
}

/** What the checker leaves to whoever has a store: these reasons end a case as "declined", not as failed. */
const OUTSIDE =
  /needs the Nix store|needs a build|fetched from the network|environment|home directory|depends on (the machine|when)|lies outside the workspace/;

/** Cases about string contexts, which are not modelled: what a string needs from the store. */
const CONTEXTS = /^eval-(okay|fail)-(context|context-introspection|addDrvOutputDependencies-.*)$/;

/** Runs Nix's own language tests, the folder `tests/functional/lang` of a checkout. */
export function runLangSuite(session: Session, folder: string): CaseResult[] {
  const names = readdirSync(folder)
    .filter((name) => /^(eval|parse)-(okay|fail)-.*\.nix$/.test(name))
    .map((name) => basename(name, ".nix"))
    .sort();
  return names.flatMap((name) => {
    const group = /^(?:eval|parse)-(?:okay|fail)/.exec(name)?.[0] as CaseResult["group"];
    const [outcome, detail] = group.startsWith("parse")
      ? parseCase(session, folder, name, group)
      : evalCase(session, folder, name, group);
    return outcome ? [{ name, group, outcome, detail }] : [];
  });
}

type Judged = readonly [Outcome | undefined, string];

function parseCase(session: Session, folder: string, name: string, group: CaseResult["group"]): Judged {
  const text = readFileSync(join(folder, `${name}.nix`), "latin1");
  const program = session.store([folder]).parse(join(folder, `${name}.nix`), Buffer.from(text, "latin1").toString());
  const [problem] = program.problems;
  const rejected = problem !== undefined;
  return rejected === (group === "parse-fail") ? ["passed", ""] : ["failed", problem?.message ?? "accepted"];
}

function evalCase(session: Session, folder: string, name: string, group: CaseResult["group"]): Judged {
  if (group === "eval-okay" && !existsSync(join(folder, `${name}.exp`)) && !existsSync(join(folder, `${name}.exp.xml`)))
    return [undefined, ""];
  const flagsFile = join(folder, `${name}.flags`);
  if (group === "eval-fail" && existsSync(flagsFile) && readFileSync(flagsFile, "utf8").includes("--lint-")) {
    return ["declined", "only an option of the command makes it fail"];
  }
  const flags = flagsOf(flagsFile, group === "eval-okay");
  const request: Request = {
    roots: [folder],
    cwd: dirname(folder),
    file: join(folder, `${name}.nix`),
    ...flags,
    searchPath: [...flags.searchPath, join(folder, "dir3"), join(folder, "dir4")],
  };
  if (CONTEXTS.test(name)) return ["declined", "string contexts are not modelled"];
  try {
    const text = nixText(session.evaluate(request));
    if (group === "eval-fail") return ["failed", `accepted: ${text.slice(0, 100)}`];
    return compare(folder, name, text);
  } catch (error) {
    if (error instanceof NoAnswer) {
      return [OUTSIDE.test(error.message) ? "declined" : "failed", `unknown: ${error.message}`];
    }
    if (!(error instanceof NixError) && !(error instanceof RangeError)) throw error;
    if (group === "eval-fail") return ["passed", error.message];
    return ["failed", error.message];
  }
}

function compare(folder: string, name: string, text: string): Judged {
  const file = join(folder, `${name}.exp`);
  if (!existsSync(file)) return [undefined, ""];
  const expected = readFileSync(file, "utf8")
    .trim()
    .replaceAll("/pwd/", `${dirname(folder)}/`);
  if (expected.includes("/nix/store/")) return ["declined", "a path of the Nix store is expected"];
  return text === expected ? ["passed", ""] : ["failed", `${text.slice(0, 300)} instead of ${expected.slice(0, 300)}`];
}

function flagsOf(file: string, always: boolean): Pick<Request, "args" | "attribute"> & { searchPath: string[] } {
  const args = new Map<string, string>();
  const searchPath: string[] = [];
  let attribute: string | undefined;
  const words = existsSync(file) && always ? readFileSync(file, "utf8").trim().split(/\s+/) : [];
  while (words.length > 0) {
    const flag = words.shift();
    if (flag === "--arg") args.set(words.shift() ?? "", (words.shift() ?? "").replace("import(", "import (./"));
    else if (flag === "--argstr") args.set(words.shift() ?? "", JSON.stringify(words.shift()));
    else if (flag === "-A") attribute = words.shift();
    else if (flag === "-I") searchPath.push(words.shift() ?? "");
  }
  return { args, attribute, searchPath };
}
