import { equal } from "./operators.ts";
import { placeOf, type Site } from "./origin.ts";
import { Cell, type ListItem, Maybe, NixAttrs, NixError, NixList, register, Unknown, type Value } from "./value.ts";

/** Both branches of an undecidable `if` are evaluated; recursive functions would never end without a limit. */
const MAX_DEPTH = 6;
let depth = 0;

/**
 * The value of `if <unknown> then yes else no`: what both branches agree on. Lists become elements that
 * are present maybe; sets keep the names both have; everything else that differs is Unknown.
 */
export function eitherBranch(condition: Unknown, yes: () => Value, no: () => Value, site: Site): Value {
  if (depth >= MAX_DEPTH) {
    register.origin = site;
    return condition;
  }
  depth++;
  try {
    const a = attempt(yes);
    const originA = register.origin;
    const b = attempt(no);
    const value = unite(condition, a, b, site);
    register.origin = value === a ? originA : site;
    return value;
  } finally {
    depth--;
  }
}

function attempt(run: () => Value): Value {
  try {
    return run();
  } catch (error) {
    if (error instanceof NixError && error.kind !== "budget") {
      return new Unknown(error.message, error.place, { error });
    }
    throw error;
  }
}

function unite(condition: Unknown, a: Value, b: Value, site: Site): Value {
  // A branch that fails would fail the whole evaluation, so the other one is what a working host has.
  if (a instanceof Unknown && a.error && !(b instanceof Unknown)) return b;
  if (b instanceof Unknown && b.error && !(a instanceof Unknown)) return a;
  if (a instanceof NixList && b instanceof NixList) {
    const items = [...a.items.map((item) => maybe(item, condition)), ...b.items.map((item) => maybe(item, condition))];
    return new NixList(items, items.length === 0);
  }
  if (a instanceof NixAttrs && b instanceof NixAttrs) {
    const cells = new Map<string, Cell>();
    for (const name of a.names()) {
      const left = a.get(name);
      const right = b.get(name);
      if (left && right) {
        cells.set(
          name,
          Cell.lazy(
            () =>
              eitherBranch(
                condition,
                () => left.force(),
                () => right.force(),
                site,
              ),
            left.slot,
          ),
        );
      }
    }
    const same = cells.size === a.names().length && cells.size === b.names().length;
    return new NixAttrs(cells, a.open ?? b.open ?? (same ? undefined : condition));
  }
  return equal(a, b) === true
    ? a
    : new Unknown(condition.why, condition.place ?? placeOf(site), { soft: condition.soft });
}

function maybe(item: ListItem, condition: Unknown): ListItem {
  return item instanceof Cell ? new Maybe(item, condition) : item;
}
