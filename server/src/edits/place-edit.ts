import type { Place } from "../eval/origin.ts";
import { removeBinding } from "./attrs-edit.ts";
import { removeElement, replaceExpression } from "./list-edit.ts";
import { bindingWith, elementWith, plainStringWith } from "./locate.ts";
import { quote } from "./nix-text.ts";
import type { EditContext, FileEdits } from "./option-edit.ts";

/** Removes the list element that holds `place`. Undefined when it is no element of a list literal. */
export function removeElementAt(context: EditContext, place: Place | undefined): FileEdits | undefined {
  const program = place && context.program(place.file);
  const element = program && elementWith(program, place);
  return element && new Map([[program.path, removeElement(program, element)]]);
}

/** Removes the binding that covers exactly `place`. */
export function removeBindingAt(context: EditContext, place: Place | undefined): FileEdits | undefined {
  const program = place && context.program(place.file);
  const found = program && bindingWith(program, place);
  return found && new Map([[program.path, removeBinding(program, found.binding)]]);
}

/** Gives the string literal that holds `place` another text. Undefined for strings with interpolation. */
export function replaceStringAt(context: EditContext, place: Place | undefined, text: string): FileEdits | undefined {
  const program = place && context.program(place.file);
  const literal = program && plainStringWith(program, place);
  return literal && new Map([[program.path, replaceExpression(literal, quote(text))]]);
}

/** Puts `text` in the place of exactly these characters, which must read `expected` now. */
export function replaceTextAt(
  context: EditContext,
  place: Place | undefined,
  expected: string,
  text: string,
): FileEdits | undefined {
  const program = place && context.program(place.file);
  if (!program || program.text.slice(place.start, place.end) !== expected) return undefined;
  return new Map([[program.path, [{ start: place.start, end: place.end, text }]]]);
}

/** The name of the binding that covers exactly `place`: a short range to point at. */
export function bindingName(context: EditContext, place: Place | undefined): Place | undefined {
  const program = place && context.program(place.file);
  const binding = program && bindingWith(program, place)?.binding;
  if (!place || binding?.kind !== "bind") return place;
  const last = binding.path.at(-1);
  return { file: place.file, start: binding.start, end: last?.end ?? binding.end };
}
