import { catching } from "./doubt.ts";
import { NixError } from "./nix-error.ts";
import { equal } from "./operators.ts";
import { placeOf, type Site } from "./origin.ts";
import { isPlain, restOf } from "./set-shape.ts";
import { Cell, type ListItem, Maybe, NixAttrs, NixList, PerhapsAttrs, register, Unknown, type Value } from "./value.ts";

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
    const a = attempt(yes, condition);
    const originA = register.origin;
    const b = attempt(no, condition);
    const value = unite(condition, a, b, site);
    register.origin = value === a ? originA : site;
    return value;
  } finally {
    depth--;
  }
}

function attempt(run: () => Value, condition: Unknown): Value {
  try {
    return run();
  } catch (error) {
    // A cycle may be one of our own making: whoever is being computed asked for both branches, Nix takes one.
    if (error instanceof NixError && error.kind === "recursion") return withoutError(condition);
    if (error instanceof NixError && error.kind !== "budget") {
      return new Unknown(error.message, error.place, { error });
    }
    throw error;
  }
}

/** The reason of an undecided condition as the reason of a value. */
function withoutError({ why, place, soft }: Unknown, site?: Site): Unknown {
  return new Unknown(why, place ?? (site && placeOf(site)), { soft });
}

function unite(condition: Unknown, a: Value, b: Value, site: Site): Value {
  // A branch that fails would fail the whole evaluation, so the other one is what a working host has.
  const aFails = a instanceof Unknown && a.error;
  const bFails = b instanceof Unknown && b.error;
  if (catching.depth > 0 && (aFails || bFails)) return withoutError(condition, site);
  if (aFails && !(b instanceof Unknown)) return b;
  if (bFails && !(a instanceof Unknown)) return a;
  if (a instanceof NixList && b instanceof NixList) {
    const items = [...a.items.map((item) => maybe(item, condition)), ...b.items.map((item) => maybe(item, condition))];
    return new NixList(items, items.length === 0);
  }
  if (a instanceof NixAttrs && b instanceof NixAttrs) return uniteSets(condition, a, b, site);
  if (equal(a, b) === true) return a;
  // What stands for code outside may be all that differs; values that are written here differ for sure.
  const reason = withoutError(condition, site);
  return a instanceof Unknown || b instanceof Unknown ? reason : withoutSoftness(reason);
}

/** Names of both branches are there, those of one branch perhaps. */
function uniteSets(condition: Unknown, a: NixAttrs, b: NixAttrs, site: Site): NixAttrs {
  if (a === b) return a;
  const cells = new Map<string, Cell>();
  const perhaps = new Map<string, Maybe>();
  for (const name of new Set([...namesOf(a), ...namesOf(b)])) {
    const left = partOf(a, name);
    const right = partOf(b, name);
    const value =
      left && right
        ? Cell.lazy(
            () =>
              eitherBranch(
                condition,
                () => left.force(),
                () => right.force(),
                site,
              ),
            left.slot,
          )
        : ((left ?? right) as Cell);
    if (a.has(name) === true && b.has(name) === true) cells.set(name, value);
    else perhaps.set(name, new Maybe(value, condition));
  }
  const computed = !isPlain(a) || !isPlain(b);
  const doubts = [restOf(a), restOf(b), computed ? withoutSoftness(condition) : undefined];
  const rest = doubts.find((doubt) => doubt && !doubt.soft) ?? doubts.find((doubt) => doubt);
  return perhaps.size > 0 ? new PerhapsAttrs(cells, perhaps, rest) : new NixAttrs(cells, rest);
}

function namesOf(set: NixAttrs): Iterable<string> {
  return set instanceof PerhapsAttrs ? [...set.names(), ...set.perhaps.keys()] : set.names();
}

/** The value of an attribute if it is there; undefined when it certainly is not. */
function partOf(set: NixAttrs, name: string): Cell | undefined {
  const has = set.has(name);
  if (has === false) return undefined;
  if (has === true) return set.get(name);
  return (set instanceof PerhapsAttrs && set.perhaps.get(name)?.cell) || Cell.of(has);
}

/** An assumption about code outside says nothing about what the program itself writes in a branch. */
function withoutSoftness({ why, place }: Unknown): Unknown {
  return new Unknown(why, place);
}

function maybe(item: ListItem, condition: Unknown): ListItem {
  return item instanceof Cell ? new Maybe(item, condition) : item;
}
