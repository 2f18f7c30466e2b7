import type { BinaryExpr, BinaryOperator, Expr, Span, SyntaxProblem } from "./expr.ts";
import { isPipe } from "./substitute.ts";

export interface InfixOperator {
  readonly operator: BinaryOperator;
  readonly span: Span;
}

/** `left operator right`, with the range that covers both and their parentheses. */
export function joinBinary(left: Expr, { operator, span }: InfixOperator, right: Expr): BinaryExpr {
  const start = (left.outer ?? left).start;
  const end = (right.outer ?? right).end;
  return { kind: "binary", operator, operatorSpan: span, left, right, start, end };
}

/**
 * Groups a flat chain of `->` and pipes as Nix does: `->` to the right and tighter than pipes, `|>` to the left,
 * `<|` to the right. A chain of both pipes is no Nix; it is reported and grouped to the left.
 */
export function foldArrows(
  operands: readonly Expr[],
  operators: readonly InfixOperator[],
  report: (problem: SyntaxProblem) => void,
): Expr {
  const stages: Expr[] = [];
  const pipes: InfixOperator[] = [];
  let from = 0;
  for (let index = 0; index <= operators.length; index++) {
    const operator = operators[index];
    if (operator !== undefined && !isPipe(operator.operator)) continue;
    stages.push(foldRight(operands.slice(from, index + 1), operators.slice(from, index)));
    if (operator !== undefined) pipes.push(operator);
    from = index + 1;
  }
  const mixed = pipes.find(({ operator }) => operator !== pipes[0]!.operator);
  if (mixed !== undefined) {
    report({ message: "`|>` and `<|` cannot be mixed without parentheses.", ...mixed.span });
  }
  if (mixed === undefined && pipes[0]?.operator === "<|") return foldRight(stages, pipes);
  return stages.reduce((left, right, index) => joinBinary(left, pipes[index - 1]!, right));
}

/** Nix does not chain comparisons: `a == b == c` is a syntax error. */
export function chainProblem(left: Expr, operator: InfixOperator): SyntaxProblem | undefined {
  const group = comparisons.find((operators) => operators.includes(operator.operator));
  if (group === undefined || left.kind !== "binary" || left.outer !== undefined) return undefined;
  if (!group.includes(left.operator)) return undefined;
  return {
    message: `\`${operator.operator}\` cannot be chained; put parentheses around one comparison.`,
    ...operator.span,
  };
}

const comparisons: readonly (readonly BinaryOperator[])[] = [
  ["==", "!="],
  ["<", "<=", ">", ">="],
];

function foldRight(operands: readonly Expr[], operators: readonly InfixOperator[]): Expr {
  return operands.reduceRight((right, left, index) => joinBinary(left, operators[index]!, right));
}

/** An operator between two operands, as it groups. */
export interface Infix {
  readonly operator: BinaryOperator;
  /** Operators of more strength hold their operands tighter. */
  readonly strength: number;
  /** Whether of several in a row the last one groups first. */
  readonly toTheRight: boolean;
}

/** How tightly prefix operators and `?` hold what stands beside them. */
export const NOT = 7;
export const HAS_ATTR = 11;
export const NEGATION = 12;

function infix(operator: BinaryOperator, strength: number, toTheRight = false): Infix {
  return { operator, strength, toTheRight };
}

const PIPE_ON = infix("|>", 0);
const PIPE_BACK = infix("<|", 0, true);
const IMPLICATION = infix("->", 1, true);
const OR = infix("||", 2);
const AND = infix("&&", 3);
const EQUAL = infix("==", 4);
const UNEQUAL = infix("!=", 4);
const LESS = infix("<", 5);
const AT_MOST = infix("<=", 5);
const MORE = infix(">", 5);
const AT_LEAST = infix(">=", 5);
const UPDATE = infix("//", 6, true);
const PLUS = infix("+", 8);
const MINUS = infix("-", 8);
const TIMES = infix("*", 9);
const DIVISION = infix("/", 9);
const CONCATENATION = infix("++", 10, true);

/** The operator at an offset. */
export function infixAt(text: string, at: number): Infix | undefined {
  const next = text[at + 1];
  switch (text[at]) {
    case "+":
      return next === "+" ? CONCATENATION : PLUS;
    case "-":
      return next === ">" ? IMPLICATION : MINUS;
    case "*":
      return TIMES;
    case "/":
      return next === "/" ? UPDATE : DIVISION;
    case "=":
      return next === "=" ? EQUAL : undefined;
    case "!":
      return next === "=" ? UNEQUAL : undefined;
    case "&":
      return next === "&" ? AND : undefined;
    case "|":
      if (next === ">") return PIPE_ON;
      return next === "|" ? OR : undefined;
    case "<":
      if (next === "|") return PIPE_BACK;
      return next === "=" ? AT_MOST : LESS;
    case ">":
      return next === "=" ? AT_LEAST : MORE;
  }
  return undefined;
}

/** Whether an operand of a pipe is one in the other direction, which Nix does not take without parentheses. */
export function isMixed(operator: BinaryOperator, operand: Expr): boolean {
  if (!isPipe(operator) || operand.kind !== "binary" || operand.outer) return false;
  return isPipe(operand.operator) && operand.operator !== operator;
}
