import type { PersistedPath } from "../host/host.ts";
import { setAttribute } from "./attrs-edit.ts";
import { replaceExpression } from "./list-edit.ts";
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
    const path = program.text.slice(element.start, element.end);
    const own = attributes.map(([name, source]) => `${attributeName(name)} = ${source};`).join(" ");
    return new Map([[program.path, replaceExpression(element, `{ ${kind} = ${path}; ${own} }`)]]);
  }
  if (element.kind !== "attrs") return undefined;
  const edits = attributes.map(([name, source]) => setAttribute(program, element, [name], source));
  if (edits.some((edit) => edit === undefined)) return undefined;
  return new Map([[program.path, edits.flatMap((edit) => edit ?? [])]]);
}
