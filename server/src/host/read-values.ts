import { coerceToString } from "../eval/coerce.ts";
import { NixError } from "../eval/nix-error.ts";
import type { Place } from "../eval/origin.ts";
import {
  Cell,
  look,
  Maybe,
  NixAttrs,
  NixList,
  slotPlace,
  typeName,
  Unknown,
  UnknownSignal,
  type Value,
} from "../eval/value.ts";
import { MergeNode } from "../modules/merge-node.ts";
import { nameOf } from "../modules/name-place.ts";
import type { ChildName, Definition, OptionNode } from "../modules/option-node.ts";
import { ValueNode } from "../modules/value-node.ts";
import { AssumingNode } from "./assuming-node.ts";
import type { Known, Verdict } from "./host.ts";
import { succeed } from "./per-item.ts";
import { certainty, known, notKnown, YES } from "./verdict.ts";

/** What an option holds, that nobody sets it, or why it cannot be told. */
export type Reading =
  | { readonly state: "set"; readonly value: Exclude<Value, Unknown>; readonly place: Place | undefined }
  | { readonly state: "absent" }
  | { readonly state: "unknown"; readonly unknown: Unknown; readonly place: Place | undefined };

export interface Reason {
  readonly why: string;
  readonly place: Place | undefined;
}

/** An element of a list; `value` may be Unknown. */
export interface Item {
  readonly cell: Cell;
  readonly value: Value;
  /** Whether the element is in the list. */
  readonly certain: Verdict;
  readonly place: Place | undefined;
}

export interface Items {
  readonly items: readonly Item[];
  /** Why more elements than listed may exist. */
  readonly open: readonly Reason[];
  readonly isSet: boolean;
}

export function read(node: OptionNode): Reading {
  const value = node.value();
  const place = builtAt(node);
  if (!(value instanceof Unknown)) return { state: "set", value, place };
  if (node.isDefined() === false) return { state: "absent" };
  return { state: "unknown", unknown: value, place: value.place ?? place };
}

/** The text of an option; undefined when nobody sets it. A path or a package counts as its path. */
export function readString(node: OptionNode): Known<string> | undefined {
  const reading = read(node);
  if (reading.state === "absent") return undefined;
  if (reading.state === "unknown") return notKnown(reading.unknown.why, reading.place);
  if (reading.value === null) return undefined;
  return stringOfValue(reading.value, reading.place);
}

/** As `readString`; an explicit null stays null. */
export function readStringOrNull(node: OptionNode): Known<string | null> | undefined {
  const reading = read(node);
  return reading.state === "set" && reading.value === null ? known(null, reading.place) : readString(node);
}

export function readBoolean(node: OptionNode): Known<boolean> | undefined {
  const reading = read(node);
  if (reading.state === "absent") return undefined;
  if (reading.state === "unknown") return notKnown(reading.unknown.why, reading.place);
  if (typeof reading.value === "boolean") return known(reading.value, reading.place);
  return notKnown(`it is ${typeName(reading.value)} where true or false belongs`, reading.place);
}

/** A flag that only counts when somebody sets it: our readers know its default better than a convention does. */
export function readExplicitBoolean(node: OptionNode): Known<boolean> | undefined {
  return node.isDefined() === false ? undefined : readBoolean(node);
}

/** The elements of a list option, each with whether it is certainly there. */
export function readItems(node: OptionNode): Items {
  const reading = read(node);
  if (reading.state === "absent") return { items: [], open: [], isSet: false };
  if (reading.state === "unknown") {
    return { items: [], open: [{ why: reading.unknown.why, place: reading.place }], isSet: true };
  }
  if (reading.value instanceof NixList) return { ...itemsOf(reading.value), isSet: true };
  const why = `it is ${typeName(reading.value)} where a list belongs`;
  return { items: [], open: [{ why, place: reading.place }], isSet: true };
}

/** A list of strings; a single string is read as the list of one, as `types.coercedTo` options do. */
export function readTexts(node: OptionNode): {
  readonly texts: readonly { readonly text: string; readonly place: Place | undefined; readonly certain: Verdict }[];
  readonly open: readonly Reason[];
  readonly isSet: boolean;
} {
  const reading = read(node);
  if (reading.state === "set" && typeof reading.value === "string") {
    return { texts: [{ text: reading.value, place: reading.place, certain: YES }], open: [], isSet: true };
  }
  const { items, open, isSet } = readItems(node);
  const texts = [];
  const gaps = [...open];
  for (const item of items) {
    const text = stringOfValue(item.value, item.place);
    if (text.known) texts.push({ text: text.value, place: item.place, certain: item.certain });
    else gaps.push({ why: text.why, place: text.place });
  }
  return { texts, open: gaps, isSet };
}

export function itemsOf(list: NixList): { readonly items: readonly Item[]; readonly open: readonly Reason[] } {
  const items: Item[] = [];
  const open: Reason[] = [];
  for (const entry of list.items) {
    if (entry instanceof Cell) items.push(itemOf(entry, YES));
    else if (entry instanceof Maybe) items.push(itemOf(entry.cell, certainty(entry.condition)));
    else open.push({ why: entry.unknown.why, place: entry.unknown.place });
  }
  return { items, open };
}

/** A value as text; `place` is used for the answer. */
export function stringOfValue(value: Value, place: Place | undefined): Known<string> {
  if (typeof value === "string") return known(value, place);
  if (value instanceof Unknown) return notKnown(value.why, value.place ?? place);
  try {
    return known(coerceToString(value, false), place);
  } catch (error) {
    if (error instanceof UnknownSignal) return notKnown(error.unknown.why, error.unknown.place ?? place);
    if (error instanceof NixError) return notKnown(`it is ${typeName(value)} where a text belongs`, place);
    throw error;
  }
}

/** A child of a node, with whether it is there. */
export interface Child {
  readonly name: string;
  readonly node: OptionNode;
  readonly certain: Verdict;
}

/**
 * Children with their names; looks into the value where the option itself has no structure. A child that
 * exists under an undecided condition is read as if the condition held.
 */
export function childrenOf(node: OptionNode): readonly Child[] {
  const names = node.names();
  if (names.length > 0) {
    return node instanceof MergeNode ? childrenOfGroup(node, names) : names.map((name) => childOf(node, name));
  }
  const value = node.value();
  if (!(value instanceof NixAttrs)) return [];
  const inner = new ValueNode(node.path, Cell.of(value));
  return value.names().map((name) => ({ name, node: inner.child(name), certain: YES }));
}

interface GroupChildren {
  readonly names: readonly ChildName[];
  readonly children: readonly Child[];
}

/**
 * The children that were read of groups. Rules go through the same large ones one after the other, and as long as a host is
 * edited a group mostly has the names that it had, with other nodes where the edit reaches.
 */
const readBefore = new WeakMap<MergeNode, GroupChildren>();

function childrenOfGroup(group: MergeNode, names: readonly ChildName[]): readonly Child[] {
  const known = readBefore.get(group);
  if (known) return known.children;
  const before = group.before && readBefore.get(group.before);
  const children = (before && revisedChildren(group, names, before)) ?? names.map((one) => childOf(group, one));
  readBefore.set(group, { names, children });
  if (before) succeed(before.children, children);
  return children;
}

/** The children of a group that has the names that it had. */
function revisedChildren(
  group: MergeNode,
  names: readonly ChildName[],
  before: GroupChildren,
): readonly Child[] | undefined {
  const { reached } = group;
  if (!reached || before.names !== names) return undefined;
  const children = [...before.children];
  for (const name of reached) {
    const at = names.findIndex((one) => one.name === name);
    if (at >= 0) children[at] = childOf(group, names[at] as ChildName);
  }
  return children;
}

function childOf(node: OptionNode, { name, certain }: ChildName): Child {
  const child = node.child(name);
  return { name, node: certain === true ? child : new AssumingNode(child, certain), certain: certainty(certain) };
}

/** Why an option may hold more than it lists; nothing for one that nobody sets. */
export function openOf(node: OptionNode): Unknown | undefined {
  return node.isDefined() === false ? undefined : node.open();
}

/** Whether the configuration names an attribute; one that may only exist out of sight is not named. */
export function isNamed(node: OptionNode, name: string): boolean {
  return node.names().some((child) => child.name === name);
}

/**
 * Those of the names that an option has or may have, for names without a default: most units have two of those that are
 * asked for, and a host has hundreds of units.
 */
export function mentioned(node: OptionNode, names: readonly string[]): readonly string[] {
  if (openOf(node)) return names;
  const listed = new Set(node.names().map(({ name }) => name));
  return names.filter((name) => listed.has(name));
}

/** The element of a list seen as a node. */
export function itemNode(item: Item, path: readonly string[]): OptionNode {
  return new ValueNode(path, item.cell);
}

/** Where an element or binding stands in the source, else what built its value. Force the cell first. */
export function writtenAt(cell: Cell): Place | undefined {
  return slotPlace(cell) ?? cell.place;
}

/** Where an option is set: the definition that wins. */
export function setAt(node: OptionNode): Place | undefined {
  const definition = deciding(node);
  return definition && (definition.place ?? writtenAt(definition.cell));
}

/**
 * As `setAt`, in the module that makes the definition: for a value that a helper in another file builds, as in
 * `services.x = enabled;`, where the module uses it. A module that is written as a whole in another file than the one that
 * hands it over, as with `flake.modules.nixos.x = { ... };`, says where it is set.
 */
export function setInModule(root: OptionNode, node: OptionNode): Place | undefined {
  const place = setAt(node);
  const set = deciding(node);
  if (place === undefined || set === undefined || place.file === set.file) return place;
  const [group = ""] = node.path;
  const isWhole = root
    .child(group)
    .definitions()
    .some(({ file, cell }) => file === set.file && cell.slot?.site.file === place.file);
  if (isWhole) return place;
  for (let depth = node.path.length - 1; depth > 0; depth--) {
    const around = root.at(...node.path.slice(0, depth)).definitions();
    const inModule = around.filter(({ file, cell }) => file === set.file && cell.slot?.site.file === file);
    const used =
      inModule.find(({ cell }) => leadsTo(cell, node.path.slice(depth), set.cell)) ??
      inModule.find(({ cell }) => mayHold(look(cell), node.path[depth] ?? ""));
    if (used) return writtenAt(used.cell);
  }
  return place;
}

/** Whether a set has a cell at a path inside of it: the module may say other things of the same group. */
function leadsTo(from: Cell, path: readonly string[], to: Cell): boolean {
  let cell: Cell | undefined = from;
  for (const name of path) {
    const value: Value | undefined = cell && look(cell);
    cell = value instanceof NixAttrs ? value.get(name) : undefined;
  }
  return cell === to;
}

/** Whether a set may have a name; another definition of the same group in the same file has others. */
function mayHold(value: Value, name: string): boolean {
  return !(value instanceof NixAttrs) || value.has(name) !== false;
}

/** The attribute name that sets an option, else the definition's place. */
export function nameAt(node: OptionNode): Place | undefined {
  const definition = deciding(node);
  return definition && nameOf(definition);
}

/** As `nameAt` for every definition, in the order in which they are merged. */
export function namesAt(node: OptionNode): readonly Place[] {
  return node.definitions().flatMap((definition) => nameOf(definition) ?? []);
}

/** The whole `name = value;` that sets an option. */
export function bindingAt(node: OptionNode): Place | undefined {
  const definition = deciding(node);
  if (!definition) return undefined;
  const { cell, binding, place } = definition;
  const span = cell.slot?.binding ?? binding;
  const file = cell.slot?.site.file ?? place?.file ?? definition.file;
  return span && { file, start: span.start, end: span.end };
}

/** Where the value of an option was built, which may be far from where it is set. */
export function builtAt(node: OptionNode): Place | undefined {
  const definition = deciding(node);
  if (!definition) return undefined;
  look(definition.cell);
  return definition.cell.place ?? definition.place;
}

function deciding(node: OptionNode): Definition | undefined {
  return node.definitions().at(-1);
}

function itemOf(cell: Cell, certain: Verdict): Item {
  const value = look(cell);
  return { cell, value, certain, place: writtenAt(cell) };
}
