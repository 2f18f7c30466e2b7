import type { AttrName, AttrsExpr, Binding, Program, ValueBinding } from "../syntax/expr.ts";
import { type Container, insertChild, removeChild } from "./container-edit.ts";
import { inListStyle, outerSpan } from "./layout.ts";
import { attributePath } from "./nix-text.ts";
import type { TextEdit } from "./text-edit.ts";

/**
 * Sets `path` in an attribute set literal to `value` (Nix source): changes the binding that is there,
 * joins the set or the dotted bindings that hold its siblings, or adds a binding at the end.
 * Undefined when the text cannot be changed with certainty: a name on the way is computed, inherited,
 * or bound to something that is not a literal set. No edits when it is already so. With `replace` off, a
 * binding that is there is left alone, and the answer is undefined.
 */
export function setAttribute(
  program: Program,
  attrs: AttrsExpr,
  path: readonly string[],
  value: string,
  replace = true,
): TextEdit[] | undefined {
  const first = path[0];
  if (first === undefined) return undefined;
  let nearest = -1;
  let nearestShared = 0;
  for (const [index, binding] of attrs.bindings.entries()) {
    if (binding.kind === "inherit") {
      if (binding.names.some((name) => staticName(name) === first)) return undefined;
      continue;
    }
    const names = binding.path.map(staticName);
    if (names[0] === undefined) {
      // A computed name may be ours; the evaluator would then refuse the second definition.
      return undefined;
    }
    const shared = sharedLength(names, path);
    if (shared === path.length && names.length === shared) {
      return replace ? replaceValue(program, binding, value) : undefined;
    }
    if (shared === path.length) return undefined;
    if (shared === names.length) {
      if (binding.value.kind !== "attrs") return undefined;
      return setAttribute(program, binding.value, path.slice(shared), value, replace);
    }
    if (names[shared] === undefined && shared > 0) return undefined;
    if (shared > 0 && shared >= nearestShared) {
      nearest = index;
      nearestShared = shared;
    }
  }
  const text = `${attributePath(path)} = ${inListStyle(program, value)};`;
  return [insertChild(program, bindingsOf(program, attrs), text, nearest < 0 ? undefined : nearest)];
}

/** The binding of exactly this static path, looked for through nested literal sets. */
export function findBinding(attrs: AttrsExpr, path: readonly string[]): ValueBinding | undefined {
  for (const binding of attrs.bindings) {
    if (binding.kind !== "bind") continue;
    const names = binding.path.map(staticName);
    const shared = sharedLength(names, path);
    if (shared !== names.length) continue;
    if (shared === path.length) return binding;
    if (binding.value.kind === "attrs") {
      const inner = findBinding(binding.value, path.slice(shared));
      if (inner) return inner;
    }
  }
  return undefined;
}

/** Removes a whole binding; comments around it stay. */
export function removeBinding(program: Program, binding: Binding): TextEdit[] {
  return [removeChild(program, binding)];
}

/** The static name of an attribute, undefined for a computed one. */
export function staticName(name: AttrName): string | undefined {
  return name.kind === "name" ? name.name : undefined;
}

function replaceValue(program: Program, binding: ValueBinding, value: string): TextEdit[] {
  const { start, end } = outerSpan(binding.value);
  if (program.text.slice(start, end) === value) return [];
  return [{ start, end, text: inListStyle(program, value) }];
}

function sharedLength(names: readonly (string | undefined)[], path: readonly string[]): number {
  let length = 0;
  while (length < names.length && length < path.length && names[length] === path[length]) length++;
  return length;
}

function bindingsOf(program: Program, attrs: AttrsExpr): Container {
  return { inside: { start: openingBrace(program, attrs) + 1, end: attrs.end - 1 }, children: attrs.bindings };
}

/** The `{` of a set; that of `rec {` stands behind the keyword and perhaps a comment. */
function openingBrace(program: Program, attrs: AttrsExpr): number {
  let at = program.text.indexOf("{", attrs.start);
  for (const comment of program.comments) {
    if (comment.start <= at && at < comment.end) at = program.text.indexOf("{", comment.end);
  }
  return at;
}
