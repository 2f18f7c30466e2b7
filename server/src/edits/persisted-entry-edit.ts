import type { PersistedPath } from "../host/host.ts";
import type { Expr, ListExpr, Program } from "../syntax/expr.ts";
import { bindingAt, enclosing } from "../syntax/walk.ts";
import { setAttribute } from "./attrs-edit.ts";
import { indentOfLine, lineBreak, reindent } from "./layout.ts";
import { inSetStyle, replaceExpression } from "./list-edit.ts";
import { elementWith } from "./locate.ts";
import { attributeName, quote } from "./nix-text.ts";
import type { EditContext, FileEdits } from "./option-edit.ts";

/** Gives a persisted entry a mode: a string becomes a set, a set gets the attribute. Undefined for computed entries. */
export function giveMode(context: EditContext, entry: PersistedPath, mode: string): FileEdits | undefined {
  return giveAttributes(context, entry, [["mode", quote(mode)]]);
}

/** Adds attributes (name and Nix source) to an entry, whose string becomes the set `{ directory = …; … }` first. */
export function giveAttributes(
  context: EditContext,
  entry: PersistedPath,
  attributes: readonly (readonly [name: string, source: string])[],
): FileEdits | undefined {
  const { place, editable, kind } = entry;
  const program = place && context.program(place.file);
  const element = editable && program ? elementWith(program, place) : undefined;
  if (!program || !element) return undefined;
  if (element.kind === "string") {
    if (!takesSets(context, program, entry, element)) return undefined;
    const path = program.text.slice(element.start, element.end);
    const own = attributes.map(([name, source]) => `${attributeName(name)} = ${source};`).join(" ");
    const list = listWith(program, element);
    const set = `{ ${kind} = ${path}; ${own} }`;
    const styled = list ? inSetStyle(program, list, set) : set;
    const indent = indentOfLine(program.text, element.start);
    const text = reindent(styled, indent, lineBreak(program.text));
    return new Map([[program.path, replaceExpression(element, text)]]);
  }
  if (element.kind !== "attrs") return undefined;
  const edits = attributes.map(([name, source]) => setAttribute(program, element, [name], source));
  if (edits.some((edit) => edit === undefined)) return undefined;
  return new Map([[program.path, edits.flatMap((edit) => edit ?? [])]]);
}

/** The list literal that an element stands in. */
function listWith(program: Program, element: Expr): ListExpr | undefined {
  return enclosing(program, element.start).findLast(
    (expr): expr is ListExpr => expr.kind === "list" && expr.items.includes(element),
  );
}

/**
 * Whether a string may become a set: in the store's own list, in a variable, and where sets stand already. An option
 * of the author's, which hands its value on to the store, may take strings only.
 */
function takesSets(
  context: EditContext,
  program: Program,
  { store, kind, userName }: PersistedPath,
  element: Expr,
): boolean {
  const list = listWith(program, element);
  if (!list || list.items.some((item) => item.kind === "attrs")) return true;
  if (bindingAt(program, element.start)?.owner.kind !== "attrs") return true;
  const name = kind === "directory" ? "directories" : "files";
  const options = [[...store.option, name], ...(userName ? [[...store.option, "users", userName, name]] : [])];
  return options.some((path) =>
    context.host.config
      .at(...path)
      .definitions()
      .some(({ place }) => place?.file === program.path && place.start <= list.start && list.end <= place.end),
  );
}
