import { equal } from "../eval/operators.ts";
import { BUILT_IN, type Place } from "../eval/origin.ts";
import { Cell, look, NixFunction, NixList, NixPath, slotPlace, typeName, Unknown, type Value } from "../eval/value.ts";
import { isWrapped } from "./definition.ts";
import { MergeNode } from "./merge-node.ts";
import { NIXOS_OPTIONS, type NixosOptions, type NixosOptionType } from "./nixos-option-types.ts";
import { noting } from "./noted-reads.ts";
import { type Definition, type ModuleProblem, optionText } from "./option-node.ts";

/**
 * What NixOS refuses of the definitions of its own options: values of the wrong type, two values where it takes one, and
 * code that fails. Only of definitions that are certainly there; what cannot be known may be right.
 * As long as a host is edited, nodes that an edit does not reach stay, and what was found of them.
 */
export function misfits(root: MergeNode): readonly ModuleProblem[] {
  return noting(undefined, () => misfitsBelow(root, NIXOS_OPTIONS));
}

const known = new WeakMap<MergeNode, readonly ModuleProblem[]>();

function misfitsBelow(node: MergeNode, options: NixosOptions): readonly ModuleProblem[] {
  let found = known.get(node);
  if (!found) {
    found = [...(options.here ? ofDefinitions(options.here, node) : []), ...ofChildren(node, options)];
    known.set(node, found);
  }
  return found;
}

function ofChildren(node: MergeNode, options: NixosOptions): ModuleProblem[] {
  const found: ModuleProblem[] = [];
  for (const name of options.names ?? node.names().map((child) => child.name)) {
    const child = node.child(name);
    const below = options.below(name);
    if (!below || !(child instanceof MergeNode) || child.isDefined() === false) continue;
    const problems = misfitsBelow(child, below);
    if (problems.length > 0) found.push(...problems);
  }
  return found;
}

function ofDefinitions(type: NixosOptionType, node: MergeNode): ModuleProblem[] {
  const { path } = node;
  const certain = node.definitions().filter(({ condition }) => condition === true);
  const wrong = certain.map(({ cell, place }) => {
    const value = look(cell);
    if (type.isMisfit(value)) return [wrongType(path, `${type.wanted}, but this is ${typeName(value)}.`, value, place)];
    return [...(type.isOfPackages ? [] : failure(path, value, place)), ...wrongElements(type, value, path, place)];
  });
  const fitting = certain.filter((_, index) => wrong[index]?.length === 0);
  return [...wrong.flat(), ...(type.isSingle ? conflicts(fitting, path) : [])];
}

function wrongElements(
  { wanted, isMisfitElement, isOfPackages }: NixosOptionType,
  value: Value,
  path: readonly string[],
  around: Place | undefined,
): ModuleProblem[] {
  if (!isMisfitElement || !(value instanceof NixList)) return [];
  const problems: ModuleProblem[] = [];
  for (const item of value.items) {
    if (!(item instanceof Cell)) continue;
    const element = look(item);
    const place = slotPlace(item) ?? around;
    if (!isMisfitElement(element) || isWrapped(element)) {
      if (!isOfPackages) problems.push(...failure(path, element, place));
    } else problems.push(wrongType(path, `${wanted}, but this element is ${typeName(element)}.`, element, place));
    // What follows a function was meant as its arguments.
    if (isMisfitElement(element) && element instanceof NixFunction) break;
  }
  return problems;
}

function wrongType(path: readonly string[], text: string, value: Value, place: Place | undefined): ModuleProblem {
  return {
    ...{ kind: "wrong-type", path, message: `\`${optionText(path)}\` takes ${text}`, place },
    ...recoveryOf(value, text),
  };
}

/** Code that certainly fails, in Nix's words; a limit of ours, or a cycle that may be our own making, is none. */
function failure(path: readonly string[], value: Value, place: Place | undefined): ModuleProblem[] {
  if (!(value instanceof Unknown) || value.soft || !value.error || !CERTAIN.has(value.error.kind)) return [];
  const isOfLibrary = value.place?.file.startsWith(BUILT_IN) ?? true;
  return [{ kind: "evaluation", path, message: value.error.message, place: isOfLibrary ? place : value.place }];
}

const CERTAIN: ReadonlySet<string> = new Set(["throw", "assert", "abort", "type", "missing", "other"]);

function conflicts([first, ...others]: readonly Definition[], path: readonly string[]): ModuleProblem[] {
  const other = first && others.find(({ cell }) => equal(look(first.cell), look(cell)) === false);
  if (!other) return [];
  const message = `\`${optionText(path)}\` has two different values.`;
  const related = { place: first.place, message: "the other value" };
  return [{ kind: "conflict", path, message, place: other.place, related }];
}

function recoveryOf(value: Value, text: string): { recovery?: string } {
  const isList = text.startsWith("a list");
  if (isList && value instanceof NixFunction) {
    return {
      recovery: "A call in a list needs parentheses, `[ (f x) ]`: without them each word is an element of its own.",
    };
  }
  if (isList && typeof value === "string") return { recovery: "Put it in brackets: `[ … ]`." };
  if (typeof value === "string" && text.startsWith("`true`")) return { recovery: "Write it without quotes." };
  if (value instanceof NixPath) return { recovery: "Put it in quotes: without them it is a file beside this one." };
  return {};
}
