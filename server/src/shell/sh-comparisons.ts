import type { Case, Command, List, SimpleCommand, Span, Test, Word } from "./sh-ast.ts";
import { readShell } from "./sh-reader.ts";
import { walkCommands } from "./sh-walk.ts";

/** Two values that a script compares. */
export interface Comparison {
  /** `=` and `-eq` and their like; a pattern of `case` is compared as `case`. */
  readonly operator: "=" | "!=" | "-eq" | "-ne" | "-lt" | "-le" | "-gt" | "-ge" | "case";
  readonly left: Operand;
  readonly right: Operand;
  /** The other patterns of the same branch of a `case`. */
  readonly beside: readonly Word[];
}

/** A word, or inside of `(( … ))` the text of a number or a variable. */
export type Operand = Word | (Span & { readonly kind: "number"; readonly text: string }) | ArithmeticName;
export type ArithmeticName = Span & { readonly kind: "name"; readonly name: string };

const OPERATORS: Readonly<Record<string, Comparison["operator"]>> = {
  "=": "=",
  "==": "=",
  "!=": "!=",
  "-eq": "-eq",
  "-ne": "-ne",
  "-lt": "-lt",
  "-le": "-le",
  "-gt": "-gt",
  "-ge": "-ge",
};
const ARITHMETIC: Readonly<Record<string, Comparison["operator"]>> = {
  "==": "-eq",
  "!=": "-ne",
  "<": "-lt",
  "<=": "-le",
  ">": "-gt",
  ">=": "-ge",
};

/** The comparisons of a script: `[ a = b ]`, `test`, `[[ a == b ]]`, `(( a == b ))` and `case`. */
export function comparisons(script: List, text: string): Comparison[] {
  const found: Comparison[] = [];
  walkCommands(script, (command: Command) => {
    if (command.kind === "simple") found.push(...ofSimple(command));
    else if (command.kind === "test") found.push(...ofTest(command, text));
    else if (command.kind === "case") found.push(...ofCase(command));
  });
  return found;
}

function ofSimple({ words }: SimpleCommand): Comparison[] {
  const name = words[0]?.literal;
  if (name !== "[" && name !== "test") return [];
  return words.flatMap((word, index) => {
    const operator = OPERATORS[word.literal ?? ""];
    const [left, right] = [words[index - 1], words[index + 1]];
    return operator && left && right && index > 1 ? [{ operator, left, right, beside: [] }] : [];
  });
}

function ofTest(test: Test, text: string): Comparison[] {
  if (text.startsWith("((", test.start)) return ofArithmetic(test, text);
  return test.words.flatMap((right, index) => {
    const left = test.words[index - 1];
    const operator = left && OPERATORS[text.slice(left.end, right.start).trim()];
    return left && operator ? [{ operator, left, right, beside: [] }] : [];
  });
}

/** `(( day == 0 ))` with the variable on the left; what is calculated is not followed. */
function ofArithmetic(test: Test, text: string): Comparison[] {
  const inner = text.slice(test.start + 2, test.end - 2);
  const pattern =
    /(?:^|&&|\|\||\()\s*(\$\([^()]*\)|\$?\{?([A-Za-z_]\w*)\}?)\s*(==|!=|<=|>=|<|>)\s*(\d+)\s*(?=$|&&|\|\||\))/g;
  return [...inner.matchAll(pattern)].map((match): Comparison => {
    const end = test.start + 2 + match.index + match[0].trimEnd().length;
    const number = match[4]!;
    const at = test.start + 2 + match.index + match[0].indexOf(match[1]!);
    const output = match[2] === undefined ? outputWord(match[1]!, at) : undefined;
    return {
      operator: ARITHMETIC[match[3]!]!,
      left: output ?? { kind: "name", name: match[2] ?? "", start: at, end: at },
      right: { kind: "number", text: number, start: end - number.length, end },
      beside: [],
    };
  });
}

/** `$(…)` in a calculation as a word at its place. */
function outputWord(written: string, at: number): Word | undefined {
  const command = readShell(" ".repeat(at) + written).statements[0]?.command;
  return command?.kind === "simple" ? command.words[0] : undefined;
}

function ofCase({ word, arms }: Case): Comparison[] {
  return arms.flatMap(({ patterns }) =>
    patterns.map((right) => ({
      operator: "case" as const,
      left: word,
      right,
      beside: patterns.filter((other) => other !== right),
    })),
  );
}
