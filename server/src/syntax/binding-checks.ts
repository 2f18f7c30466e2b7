import type { AttrName, Binding, Expr, Formal, Span, SyntaxProblem } from "./expr.ts";

/** A name that a set of bindings defines: a value, or a set that further bindings may add to. */
interface Defined {
  readonly place: Span;
  readonly names: Map<string, Defined> | undefined;
}

/**
 * Attributes that one set defines twice. `a.b = 1; a.c = 2;` and `a = { … }; a.b = 1;` are legal, as in Nix.
 * Names that only evaluation knows are left out.
 */
export function duplicateAttributes(bindings: readonly Binding[], report: (problem: SyntaxProblem) => void): void {
  if (!repeatsFirstName(bindings)) return;
  addBindings(new Map(), bindings, "", report);
}

/** Formals (and the name of the whole argument) that a function takes twice. */
export function duplicateFormals(
  formals: readonly Formal[],
  param: { name: string; span: Span } | undefined,
  report: (problem: SyntaxProblem) => void,
): void {
  const seen = new Map<string, Span>();
  if (param !== undefined) seen.set(param.name, param.span);
  for (const { name, nameSpan } of formals) {
    const first = seen.get(name);
    if (first === undefined) seen.set(name, nameSpan);
    else report(duplicate(`This function takes \`${name}\` twice.`, nameSpan, first));
  }
}

/** Computed names in a `let`, which Nix does not take. */
export function computedNames(bindings: readonly Binding[], report: (problem: SyntaxProblem) => void): void {
  for (const binding of bindings) {
    const first = binding.kind === "bind" ? binding.path[0] : undefined;
    if (first?.kind !== "dynamic") continue;
    const message = "`let` cannot define a computed name; put it in an attribute set.";
    report({ message, start: first.start, end: first.end });
  }
}

/** The cheap test that nearly every set passes: no two bindings begin with the same name. */
function repeatsFirstName(bindings: readonly Binding[]): boolean {
  const seen = new Set<string>();
  let count = 0;
  for (const binding of bindings) {
    for (const name of binding.kind === "inherit" ? binding.names : binding.path.slice(0, 1)) {
      if (name.kind !== "name") continue;
      seen.add(name.name);
      count++;
    }
  }
  return seen.size < count;
}

function addBindings(
  names: Map<string, Defined>,
  bindings: readonly Binding[],
  prefix: string,
  report: (problem: SyntaxProblem) => void,
): void {
  for (const binding of bindings) {
    if (binding.kind === "inherit") {
      for (const name of binding.names) define(names, name, undefined, prefix, report);
    } else addPath(names, binding.path, binding.value, prefix, report);
  }
}

function addPath(
  names: Map<string, Defined>,
  path: readonly AttrName[],
  value: Expr,
  prefix: string,
  report: (problem: SyntaxProblem) => void,
): void {
  let set = names;
  let label = prefix;
  for (let index = 0; index < path.length; index++) {
    const name = path[index]!;
    if (name.kind !== "name") return;
    const last = index === path.length - 1;
    const bindings = last && value.kind === "attrs" ? value.bindings : undefined;
    const inner = define(set, name, last && bindings === undefined ? undefined : new Map(), label, report);
    if (inner === undefined) return;
    label += `${name.name}.`;
    // A literal set alone has been checked when it was lowered; here only its clash with others is of interest.
    if (bindings !== undefined) addBindings(inner, bindings, label, inner.size === 0 ? () => undefined : report);
    set = inner;
  }
}

/** Adds one name; gives the set behind it when the name is a set that others may add to. */
function define(
  names: Map<string, Defined>,
  name: AttrName,
  inner: Map<string, Defined> | undefined,
  prefix: string,
  report: (problem: SyntaxProblem) => void,
): Map<string, Defined> | undefined {
  if (name.kind !== "name") return undefined;
  const before = names.get(name.name);
  if (before === undefined) {
    names.set(name.name, { place: { start: name.start, end: name.end }, names: inner });
    return inner;
  }
  if (before.names !== undefined && inner !== undefined) return before.names;
  report(
    duplicate(
      `\`${prefix}${name.name}\` is already defined in this set. Nix accepts one definition only.`,
      name,
      before.place,
    ),
  );
  return undefined;
}

function duplicate(message: string, place: Span, first: Span): SyntaxProblem {
  return {
    message,
    start: place.start,
    end: place.end,
    related: [{ message: "It is defined here first.", start: first.start, end: first.end }],
  };
}
