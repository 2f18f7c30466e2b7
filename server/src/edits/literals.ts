import type { AttrsExpr, Expr, ListExpr } from "../syntax/expr.ts";

/** A literal reached through wrappers; `conditional` when a condition on the way decides about it. */
export interface Reached<T> {
  readonly literal: T;
  readonly conditional: boolean;
}

/**
 * The list literals that make up a definition: through `++`, `mkIf`, `mkMerge`, `mkForce`, `mkBefore` …,
 * `optionals`, `let`, `with` and `if`. Elements added to any of them end up in the option.
 */
export function listLiterals(expr: Expr): Reached<ListExpr>[] {
  return reach(expr, false, "list") as Reached<ListExpr>[];
}

/** The set literals that make up a definition, found the same way; of `a // b` only `b`, which wins. */
export function setLiterals(expr: Expr): Reached<AttrsExpr>[] {
  return reach(expr, false, "attrs") as Reached<AttrsExpr>[];
}

/** The body of a function file: what is left behind arguments, `let`, `with` and `assert`. */
export function bodyOf(expr: Expr): Expr {
  switch (expr.kind) {
    case "lambda":
    case "let":
    case "with":
    case "assert":
      return bodyOf(expr.body);
    default:
      return expr;
  }
}

type Kind = "list" | "attrs";

function reach(expr: Expr, conditional: boolean, kind: Kind): Reached<ListExpr | AttrsExpr>[] {
  switch (expr.kind) {
    case "list":
    case "attrs":
      return expr.kind === kind ? [{ literal: expr, conditional }] : [];
    case "let":
    case "with":
    case "assert":
      return reach(expr.body, conditional, kind);
    case "if":
      return [...reach(expr.yes, true, kind), ...reach(expr.no, true, kind)];
    case "binary":
      if (expr.operator === "++" && kind === "list") {
        return [...reach(expr.left, conditional, kind), ...reach(expr.right, conditional, kind)];
      }
      return expr.operator === "//" && kind === "attrs" ? reach(expr.right, conditional, kind) : [];
    case "apply":
      return throughCall(expr.fn, expr.arg, conditional, kind);
    default:
      return [];
  }
}

/** Functions that hand on their last argument, and whether an earlier one decides about it. */
const WRAPPERS: ReadonlyMap<string, { readonly earlier: number; readonly conditional: boolean }> = new Map([
  ["mkIf", { earlier: 1, conditional: true }],
  ["optionals", { earlier: 1, conditional: true }],
  ["optionalAttrs", { earlier: 1, conditional: true }],
  ["mkForce", { earlier: 0, conditional: false }],
  ["mkDefault", { earlier: 0, conditional: false }],
  ["mkBefore", { earlier: 0, conditional: false }],
  ["mkAfter", { earlier: 0, conditional: false }],
  ["mkOverride", { earlier: 1, conditional: false }],
  ["mkOrder", { earlier: 1, conditional: false }],
]);

function throughCall(fn: Expr, arg: Expr, conditional: boolean, kind: Kind): Reached<ListExpr | AttrsExpr>[] {
  let callee = fn;
  let earlier = 0;
  while (callee.kind === "apply") {
    callee = callee.fn;
    earlier++;
  }
  const name = functionName(callee);
  if (name === "mkMerge" && earlier === 0 && arg.kind === "list") {
    return arg.items.flatMap((item) => reach(item, conditional, kind));
  }
  const wrapper = name === undefined ? undefined : WRAPPERS.get(name);
  return wrapper?.earlier === earlier ? reach(arg, conditional || wrapper.conditional, kind) : [];
}

function functionName(expr: Expr): string | undefined {
  if (expr.kind === "var") return expr.name;
  if (expr.kind !== "select") return undefined;
  const last = expr.path.at(-1);
  return last?.kind === "name" ? last.name : undefined;
}
