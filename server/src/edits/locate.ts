import type { AttrName, Binding, Expr, Formal, Program, Span, StringPart } from "../syntax/expr.ts";

/** The nodes around a place, outermost first, ending with the node of exactly that place. */
export type Ancestry = readonly (Expr | Binding)[];

/** Finds the expression that covers exactly `span` (with or without its parentheses). */
export function expressionAt(program: Program, span: Span): Expr | undefined {
  const found = descend(program.root, span, (node) => node.kind !== "bind" && node.kind !== "inherit");
  const last = found?.at(-1);
  return last && last.kind !== "bind" && last.kind !== "inherit" ? last : undefined;
}

/** Finds the binding that covers exactly `span`, with everything around it. */
export function bindingAt(program: Program, span: Span): Ancestry | undefined {
  return descend(program.root, span, (node) => node.kind === "bind" || node.kind === "inherit");
}

/** Everything around `span`: the chain of nodes that contain it. */
export function nodesAround(program: Program, span: Span): Ancestry {
  const chain: (Expr | Binding)[] = [];
  let node: Expr | Binding | undefined = program.root;
  while (node) {
    chain.push(node);
    node = childNodes(node).find((child) => contains(whole(child), span));
  }
  return chain;
}

function descend(
  root: Expr | Binding,
  span: Span,
  accepts: (node: Expr | Binding) => boolean,
): (Expr | Binding)[] | undefined {
  const chain: (Expr | Binding)[] = [];
  let node: Expr | Binding | undefined = root;
  while (node) {
    chain.push(node);
    if (accepts(node) && (same(node, span) || same(whole(node), span))) return chain;
    node = childNodes(node).find((child) => contains(whole(child), span));
  }
  return undefined;
}

/** The expressions and bindings directly below a node. */
export function childNodes(node: Expr | Binding): readonly (Expr | Binding)[] {
  switch (node.kind) {
    case "bind":
      return [...computed(node.path), node.value];
    case "inherit":
      return node.from ? [node.from] : [];
    case "string":
    case "path":
      return inString(node.parts);
    case "select":
      return [node.base, ...computed(node.path), ...optional(node.fallback)];
    case "has-attr":
      return [node.base, ...computed(node.path)];
    case "apply":
      return [node.fn, node.arg];
    case "lambda":
      return [...defaults(node.formals), node.body];
    case "let":
      return [...node.bindings, node.body];
    case "legacy-let":
    case "attrs":
      return node.bindings;
    case "with":
      return [node.env, node.body];
    case "assert":
      return [node.condition, node.body];
    case "if":
      return [node.condition, node.yes, node.no];
    case "unary":
      return [node.operand];
    case "binary":
      return [node.left, node.right];
    case "list":
      return node.items;
    default:
      return [];
  }
}

function inString(parts: readonly StringPart[]): readonly Expr[] {
  return parts.filter((part): part is Expr => part.kind !== "chunk");
}

function computed(path: readonly AttrName[]): readonly Expr[] {
  return path.flatMap((name) => (name.kind === "dynamic" ? [name.expr] : []));
}

function defaults(formals: readonly Formal[] | undefined): readonly Expr[] {
  return (formals ?? []).flatMap((formal) => optional(formal.fallback));
}

function optional(expr: Expr | undefined): readonly Expr[] {
  return expr ? [expr] : [];
}

function whole(node: Expr | Binding): Span {
  return node.kind === "bind" || node.kind === "inherit" ? node : (node.outer ?? node);
}

function contains(outer: Span, inner: Span): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

function same(a: Span, b: Span): boolean {
  return a.start === b.start && a.end === b.end;
}
