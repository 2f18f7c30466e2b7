import type { AttrName, Binding, Expr, Program, Span } from "./expr.ts";

/** The expressions directly inside an expression, in source order; those in names and formals included. */
export function children(expr: Expr): Expr[] {
  switch (expr.kind) {
    case "string":
    case "path":
      return expr.parts.filter((part) => part.kind !== "chunk");
    case "select":
      return [expr.base, ...inNames(expr.path), ...(expr.fallback === undefined ? [] : [expr.fallback])];
    case "has-attr":
      return [expr.base, ...inNames(expr.path)];
    case "apply":
      return [expr.fn, expr.arg];
    case "lambda":
      return [...(expr.formals ?? []).flatMap(({ fallback }) => (fallback === undefined ? [] : [fallback])), expr.body];
    case "let":
      return [...expr.bindings.flatMap(inBinding), expr.body];
    case "legacy-let":
    case "attrs":
      return expr.bindings.flatMap(inBinding);
    case "with":
      return [expr.env, expr.body];
    case "assert":
      return [expr.condition, expr.body];
    case "if":
      return [expr.condition, expr.yes, expr.no];
    case "unary":
      return [expr.operand];
    case "binary":
      return [expr.left, expr.right];
    case "list":
      return [...expr.items];
    default:
      return [];
  }
}

/** The expressions around an offset, from the root to the innermost; parentheses belong to what they hold. */
export function enclosing(program: Program, offset: number): Expr[] {
  const path: Expr[] = [];
  let here: Expr | undefined = program.root;
  if (!holds(here, offset)) return path;
  while (here !== undefined) {
    path.push(here);
    here = pick(children(here), offset);
  }
  return path;
}

/** A binding, the expression that holds it and the expressions around that one, from the root. */
export interface BindingPlace {
  readonly binding: Binding;
  readonly owner: Expr;
  readonly ancestors: readonly Expr[];
}

/** The innermost binding around an offset, its name and its semicolon included. */
export function bindingAt(program: Program, offset: number): BindingPlace | undefined {
  const path = enclosing(program, offset);
  for (let index = path.length - 1; index >= 0; index--) {
    const owner = path[index]!;
    const binding = bindingsOf(owner).find((candidate) => contains(candidate, offset));
    if (binding !== undefined) return { binding, owner, ancestors: path.slice(0, index) };
  }
  return undefined;
}

/** The bindings that an expression holds itself; none for most. */
export function bindingsOf(expr: Expr): readonly Binding[] {
  return expr.kind === "attrs" || expr.kind === "let" || expr.kind === "legacy-let" ? expr.bindings : [];
}

/** Calls `visit` for the expression and all inside it, outer ones first. Depth does not matter. */
export function walk(root: Expr, visit: (expr: Expr) => void): void {
  const stack = [root];
  for (let expr = stack.pop(); expr !== undefined; expr = stack.pop()) {
    visit(expr);
    const inner = children(expr);
    for (let index = inner.length - 1; index >= 0; index--) stack.push(inner[index]!);
  }
}

/** True when the offset is in the span or at one of its ends, as an editor's cursor is. */
export function contains(span: Span, offset: number): boolean {
  return span.start <= offset && offset <= span.end;
}

function holds(expr: Expr, offset: number): boolean {
  return contains(expr.outer ?? expr, offset);
}

/** Of two neighbours that touch at the offset, the later one: the cursor is before its first character. */
function pick(candidates: readonly Expr[], offset: number): Expr | undefined {
  return candidates.findLast((candidate) => holds(candidate, offset));
}

function inNames(names: readonly AttrName[]): Expr[] {
  return names.flatMap((name) => (name.kind === "dynamic" ? [name.expr] : []));
}

function inBinding(binding: Binding): Expr[] {
  if (binding.kind === "bind") return [...inNames(binding.path), binding.value];
  return [...(binding.from === undefined ? [] : [binding.from]), ...inNames(binding.names)];
}
