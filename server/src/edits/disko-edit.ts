import type { DiskoLayout } from "../host/host.ts";
import type { AttrsExpr, Program } from "../syntax/expr.ts";
import { findBinding, setAttribute } from "./attrs-edit.ts";
import { indentUnit } from "./layout.ts";
import { insertElement } from "./list-edit.ts";
import { expressionAt } from "./locate.ts";
import { quote } from "./nix-text.ts";
import type { EditContext, FileEdits } from "./option-edit.ts";

/** A subvolume to add; mount options are taken from a sibling. */
export interface NewSubvolume {
  readonly name: string;
  readonly mountpoint: string;
}

/**
 * Adds a subvolume to a disko layout in the style of the ones beside it, with the mount options that most
 * of them have (btrfs has one set for the whole filesystem). A leading `@` or `/` is taken over from the
 * siblings. Undefined when the layout is computed or has the name already.
 */
export function insertSubvolume(
  context: EditContext,
  layout: DiskoLayout,
  subvolume: NewSubvolume,
): FileEdits | undefined {
  const place = layout.container;
  const program = place && context.program(place.file);
  const container = program && expressionAt(program, place);
  if (!program || !container) return undefined;
  const siblings = layout.subvolumes.flatMap((sibling) => {
    const expr = sibling.body && sibling.body.file === program.path && expressionAt(program, sibling.body);
    return expr && expr.kind === "attrs" ? [expr] : [];
  });
  const name = styledName(layout, subvolume.name);
  if (layout.subvolumes.some((sibling) => sibling.name === name.replace(/^\//, ""))) return undefined;
  const body = subvolumeText(program, siblings, layout.writtenAsList ? name : undefined, subvolume.mountpoint);
  if (container.kind === "list" && layout.writtenAsList) {
    return new Map([[program.path, insertElement(program, container, body)]]);
  }
  if (container.kind !== "attrs") return undefined;
  const edits = setAttribute(program, container, [name], body);
  return edits && edits.length > 0 ? new Map([[program.path, edits]]) : undefined;
}

function styledName(layout: DiskoLayout, name: string): string {
  const names = layout.subvolumes.map((subvolume) => subvolume.name);
  const most = (prefix: string) =>
    names.length > 0 && names.filter((n) => n.startsWith(prefix)).length * 2 > names.length;
  return most("@") ? `@${name}` : name;
}

function subvolumeText(
  program: Program,
  siblings: readonly AttrsExpr[],
  name: string | undefined,
  mountpoint: string,
): string {
  const options = siblings.map((sibling) => mountOptionsText(program, sibling)).filter((text) => text !== undefined);
  const lines = [
    ...(name === undefined ? [] : [`name = ${quote(name)};`]),
    `mountpoint = ${quote(mountpoint)};`,
    ...(options.length > 0 ? [`mountOptions = ${mostFrequent(options)};`] : []),
  ];
  const multiLine = siblings.some((sibling) => program.text.slice(sibling.start, sibling.end).includes("\n"));
  if (!multiLine) return `{ ${lines.join(" ")} }`;
  const step = indentUnit(program.text);
  return `{\n${lines.map((line) => step + line).join("\n")}\n}`;
}

/** A sibling's mount options as written, when they are plain strings and fit on one line. */
function mountOptionsText(program: Program, sibling: AttrsExpr): string | undefined {
  const value = findBinding(sibling, ["mountOptions"])?.value;
  if (value?.kind !== "list") return undefined;
  const words = value.items.map((item) =>
    item.kind === "string" && item.parts.every((part) => part.kind === "chunk")
      ? program.text.slice(item.start, item.end)
      : undefined,
  );
  if (words.some((word) => word === undefined || /subvol=|nodatacow|nodatasum|\n/.test(word))) return undefined;
  return words.length > 0 ? `[ ${words.join(" ")} ]` : undefined;
}

function mostFrequent(texts: readonly string[]): string {
  const count = (text: string) => texts.filter((other) => other === text).length;
  return texts.reduce((best, text) => (count(text) > count(best) ? text : best));
}
