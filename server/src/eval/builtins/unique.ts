import { budget } from "../budget.ts";
import { listOf } from "../coerce.ts";
import { afterDoubt } from "../doubt.ts";
import { equal } from "../operators.ts";
import { type Cell, Gap, type ListItem, Maybe, NixList, type Unknown, type Value } from "../value.ts";

/**
 * `lib.unique` on a list that may be known in part. What stands behind something unknown may be a repetition of it
 * and is there perhaps; what stands before keeps its place.
 */
export function unique(list: Cell): Value {
  const given = listOf(list);
  const kept: ListItem[] = [];
  for (const item of given.items) {
    if (item instanceof Gap) {
      kept.push(item);
      continue;
    }
    const cell = item instanceof Maybe ? item.cell : item;
    const repeated = isAmong(cell, kept);
    if (repeated === true) continue;
    kept.push(repeated === false || item instanceof Maybe ? item : new Maybe(cell, repeated));
  }
  return new NixList(kept);
}

function isAmong(cell: Cell, kept: readonly ListItem[]): boolean | Unknown {
  let doubt: Unknown | undefined;
  for (const other of kept) {
    if (other instanceof Gap) {
      doubt ??= other.unknown;
      continue;
    }
    const against = other instanceof Maybe ? other.cell : other;
    const reason = doubt ?? (other instanceof Maybe ? other.condition : undefined);
    const test = () => equal(cell.force(), against.force());
    budget.enter();
    budget.leave();
    const same = reason ? afterDoubt(reason, test) : test();
    if (same === false) continue;
    if (other instanceof Maybe) doubt ??= other.condition;
    else if (same === true) return true;
    else doubt ??= same;
  }
  return doubt ?? false;
}
