import type { AttrsExpr, ListExpr, Program, ValueBinding } from "../syntax/expr.ts";
import { removeBinding, staticName } from "./attrs-edit.ts";
import { outerSpan } from "./layout.ts";
import { attributeName } from "./nix-text.ts";
import type { TextEdit } from "./text-edit.ts";

/**
 * Turns `[ { name = "x"; … } … ]` into `{ x = { … }; … }`: the brackets change, every element gets its
 * name in front and loses the `name` binding. Comments and layout stay. Undefined when an element is no
 * set literal with a literal name, or two have the same name.
 */
export function listToAttrs(program: Program, list: ListExpr): TextEdit[] | undefined {
  const names = new Set<string>();
  const edits: TextEdit[] = [{ start: list.start, end: list.start + 1, text: "{" }];
  for (const item of list.items) {
    const named = item.kind === "attrs" ? nameBinding(item) : undefined;
    if (item.kind !== "attrs" || !named || names.has(named.name)) return undefined;
    names.add(named.name);
    const { start, end } = outerSpan(item);
    edits.push({ start, end: start, text: `${attributeName(named.name)} = ` });
    edits.push(...removeBinding(program, named.binding));
    edits.push({ start: end, end, text: ";" });
  }
  edits.push({ start: list.end - 1, end: list.end, text: "}" });
  return edits;
}

function nameBinding(set: AttrsExpr): { name: string; binding: ValueBinding } | undefined {
  for (const binding of set.bindings) {
    if (binding.kind !== "bind" || binding.path.length !== 1) continue;
    const key = binding.path[0];
    if (!key || staticName(key) !== "name" || binding.value.kind !== "string") continue;
    const parts = binding.value.parts;
    if (!parts.every((part) => part.kind === "chunk")) return undefined;
    const name = parts.map((part) => (part.kind === "chunk" ? part.text : "")).join("");
    return name === "" ? undefined : { name, binding };
  }
  return undefined;
}
