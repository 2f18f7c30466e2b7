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
