import type { PersistedPath } from "../host/host.ts";
import type { AttrsExpr, Program } from "../syntax/expr.ts";
import { staticName } from "./attrs-edit.ts";
import { replaceExpression } from "./list-edit.ts";
import { pathOfElement } from "./list-entries.ts";
import { elementWith } from "./locate.ts";
import { quote } from "./nix-text.ts";
import type { EditContext, FileEdits } from "./option-edit.ts";
import { giveAttributes } from "./persisted-entry-edit.ts";

/** Owner and mode that a set shall say; undefined parts are the module's default. */
export interface Ownership {
  readonly user?: string | undefined;
  readonly group?: string | undefined;
  readonly mode?: string | undefined;
}

/** Writes the string of an entry as a set that says owner and mode. Undefined when it is a set already. */
export function writeAsSet(context: EditContext, entry: PersistedPath, ownership: Ownership): FileEdits | undefined {
  const program = entry.place && context.program(entry.place.file);
  const element = program && entry.place && elementWith(program, entry.place);
  if (element?.kind !== "string") return undefined;
  // impermanence has no owner and mode for files, only for the directory around them.
  const isFile = entry.kind === "file";
  const inParent = isFile && entry.store.module === "impermanence";
  if (inParent) return giveAttributes(context, entry, [["parentDirectory", '{ mode = "0755"; }']]);
  const owner = entry.userName ?? "root";
  const attributes: (readonly [string, string])[] = [];
  const { user = owner, group, mode = isFile ? "0644" : "0755" } = ownership;
  attributes.push(["user", quote(user)]);
  // Whose group a user's files get is worked out by the module.
  if (group !== undefined) attributes.push(["group", quote(group)]);
  else if (entry.userName === undefined) attributes.push(["group", quote("root")]);
  attributes.push(["mode", quote(mode)]);
  return giveAttributes(context, entry, attributes);
}

/** Writes a set that says nothing beyond its path and the module's defaults as a string. */
export function writeAsString(context: EditContext, entry: PersistedPath): FileEdits | undefined {
  const program = entry.editable && entry.place ? context.program(entry.place.file) : undefined;
  const element = program && entry.place && elementWith(program, entry.place);
  if (!program || element?.kind !== "attrs" || !saysOnlyDefaults(element, entry) || holdsComment(program, element)) {
    return undefined;
  }
  const path = pathOfElement(element);
  return path === undefined ? undefined : new Map([[program.path, replaceExpression(element, quote(path))]]);
}

function saysOnlyDefaults(set: AttrsExpr, entry: PersistedPath): boolean {
  const owner = entry.userName ?? "root";
  const defaults: Readonly<Record<string, string | undefined>> = {
    user: owner,
    group: entry.userName === undefined ? "root" : undefined,
    mode: entry.kind === "directory" ? "0755" : entry.store.module === "preservation" ? "0644" : undefined,
  };
  return set.bindings.every((binding) => {
    if (binding.kind !== "bind" || binding.path.length !== 1) return false;
    const [first] = binding.path;
    const name = first && staticName(first);
    if (name === entry.kind) return pathOfElement(binding.value) !== undefined;
    const usual = name === undefined || !Object.hasOwn(defaults, name) ? undefined : defaults[name];
    return usual !== undefined && binding.value.kind === "string" && pathOfElement(binding.value) === usual;
  });
}

function holdsComment(program: Program, set: AttrsExpr): boolean {
  return program.comments.some(({ start }) => start > set.start && start < set.end);
}
