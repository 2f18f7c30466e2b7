import { callable } from "../../../server/src/eval/coerce.ts";
import { equal } from "../../../server/src/eval/operators.ts";
import {
  Cell,
  Gap,
  type ListItem,
  look,
  Maybe,
  NixAttrs,
  NixFunction,
  NixList,
  PerhapsAttrs,
  Unknown,
  type Value,
} from "../../../server/src/eval/value.ts";

/** `lenient`: the whole value may be unknown itself, where it is wrong in a way that is no error of the language. */
export interface Options {
  readonly lenient?: boolean;
}

/**
 * Whether what is said of a value that is known in part holds for the whole value. The answer is undefined, or what
 * is wrong with it. Where the whole value fails, there is nothing to agree with.
 */
export function disagreement(part: Value, whole: Value, path = "value", options: Options = {}): string | undefined {
  if (whole instanceof Unknown) {
    return whole.error || options.lenient ? undefined : `${path}: the completed program is unknown: ${whole.why}`;
  }
  if (part instanceof Unknown) {
    // Merging goes on where Nix meets a cycle, so there is no whole value to compare with.
    if (options.lenient && part.error?.kind === "recursion") return undefined;
    if (options.lenient && isPastCycle(whole)) return undefined;
    if (part.error && part.error.kind !== "budget") return `${path}: said to fail (${part.why}), but is ${show(whole)}`;
    // Texts that modules put together show what may be in them, not how they are joined.
    if (part.partial && !options.lenient) return textDisagreement(part.partial, whole, path);
    return undefined;
  }
  if (part instanceof NixList) {
    if (!(whole instanceof NixList)) return `${path}: said to be a list, but is ${show(whole)}`;
    return alignment(part.items, whole.items, path, options);
  }
  if (part instanceof NixAttrs) return setDisagreement(part, whole, path, options);
  if (part instanceof NixFunction) return whole instanceof NixFunction ? undefined : `${path}: no function`;
  return equal(part, whole) === true ? undefined : `${path}: said to be ${show(part)}, but is ${show(whole)}`;
}

/**
 * Merging goes on where Nix meets a cycle, and leaves a gap there: such a list is no whole value to compare with. The
 * gap is a doubt and no error, as what fails may not have defined this option; its reason still tells of the cycle.
 */
function isPastCycle(whole: Value): boolean {
  return (
    whole instanceof NixList &&
    whole.items.some((item) => item instanceof Gap && item.unknown.why.startsWith("infinite recursion"))
  );
}

function textDisagreement(
  partial: { text: string; holes: readonly { start: number; end: number }[] },
  whole: Value,
  path: string,
): string | undefined {
  if (typeof whole !== "string") return `${path}: said to be a text, but is ${show(whole)}`;
  let pattern = "";
  let at = 0;
  const known = (from: number, to?: number) => quoted(partial.text.slice(from, to).replace(from > 0 ? /^\n/ : "", ""));
  for (const { start, end } of partial.holes) {
    // Unknown lines may be none at all.
    pattern += `${known(at, start).replace(/\n$/, "")}[^]*`;
    at = end;
  }
  pattern += known(at);
  if (partial.holes.length === 0) return undefined;
  return new RegExp(`^${pattern}$`).test(whole) ? undefined : `${path}: ${show(whole)} is not ${partial.text}`;
}

function setDisagreement(part: NixAttrs, whole: Value, path: string, options: Options): string | undefined {
  if (!(whole instanceof NixAttrs)) return `${path}: said to be a set, but is ${show(whole)}`;
  for (const name of part.names()) {
    const has = part.has(name);
    if (has === true && whole.has(name) === false) return `${path}.${name}: said to be there, but is not`;
  }
  for (const name of whole.names()) {
    const has = part.has(name);
    if (has === false) return `${path}.${name}: said not to be there, but is ${show(look(whole.get(name) as Cell))}`;
    const perhaps = part instanceof PerhapsAttrs && has !== true ? part.perhaps.get(name)?.cell : undefined;
    const cell = perhaps ?? part.get(name);
    const wrong = cell && disagreement(look(cell), look(whole.get(name) as Cell), `${path}.${name}`, options);
    if (wrong) return wrong;
  }
  return undefined;
}

/** Matches the items of a list that is known in part with the elements of the whole one, in their order. */
function alignment(
  items: readonly ListItem[],
  whole: readonly ListItem[],
  path: string,
  options: Options,
): string | undefined {
  if (!whole.every((item) => item instanceof Cell))
    return options.lenient ? undefined : `${path}: is not known in full`;
  const elements = whole as readonly Cell[];
  let wrong: string | undefined;
  const fits = (i: number, j: number): boolean => {
    const item = items[i];
    if (!item) {
      if (j < elements.length)
        wrong ??= `${path}[${j}]: said not to be there, but is ${show(look(elements[j] as Cell))}`;
      return j === elements.length;
    }
    if (item instanceof Gap) return fits(i + 1, j) || (j < elements.length && fits(i, j + 1));
    if (item instanceof Maybe && fits(i + 1, j)) return true;
    const element = elements[j];
    if (!element) {
      wrong ??= `${path}[${j}]: said to be there, but is not`;
      return false;
    }
    const difference = disagreement(
      look(item instanceof Maybe ? item.cell : item),
      look(element),
      `${path}[${j}]`,
      options,
    );
    if (difference) {
      wrong ??= difference;
      return false;
    }
    return fits(i + 1, j + 1);
  };
  return fits(0, 0) ? undefined : (wrong ?? `${path}: ${showItems(items)} cannot be ${showItems(elements)}`);
}

function showItems(items: readonly ListItem[]): string {
  const shown = items.map((item) =>
    item instanceof Gap ? "…" : item instanceof Maybe ? `?${show(look(item.cell))}` : show(look(item)),
  );
  return `[ ${shown.join(" ")} ]`;
}

/** A value for a message. */
export function show(value: Value): string {
  if (value instanceof Unknown) return value.error ? `«error: ${value.why}»` : "«unknown»";
  if (value instanceof NixList) return showItems(value.items);
  if (value instanceof NixAttrs) {
    const inner = value.names().map((name) => `${name} = ${show(look(value.get(name) as Cell))};`);
    return `{ ${[...inner, ...(value.open ? ["…"] : [])].join(" ")} }`;
  }
  if (value instanceof NixFunction) return "«function»";
  return typeof value === "object" && value !== null && "value" in value ? String(value.value) : JSON.stringify(value);
}

/** Calls a function of the language. */
export function callWith(fn: Cell, arg: Cell): Value {
  return callable(fn.force())(arg);
}

function quoted(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
