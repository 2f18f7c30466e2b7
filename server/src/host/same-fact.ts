/** More than this many comparisons are not worth it: two values that may be the same count as different ones. */
const MOST = 100_000;

/**
 * Names under which a fact refers to a part of another fact. Readers take the subvolume of a filesystem for one of
 * those that the layouts list, so that two that say the same are not the same.
 */
const REFERENCES: ReadonlySet<string> = new Set([
  ...["disko", "fileSystem", "layout", "persisted", "rollback", "script", "store", "subvolume"],
]);

/**
 * Whether two facts say the same at the same places. Lists and plain objects are compared by what is in them,
 * everything else (options, cells, functions, parts of other facts) by identity. Facts may refer back to what they are in.
 */
export function isSameFact(before: unknown, now: unknown): boolean {
  const aboveBefore: object[] = [];
  const aboveNow: object[] = [];
  let left = MOST;
  const isSame = (a: unknown, b: unknown, isReference = false): boolean => {
    if (a === b) return true;
    if (typeof a !== "object" || typeof b !== "object" || a === null || b === null || --left < 0) return false;
    const outer = aboveBefore.indexOf(a);
    if (outer >= 0 || aboveNow.includes(b)) return outer >= 0 && aboveNow[outer] === b;
    if (isReference && isPart(a)) return false;
    aboveBefore.push(a);
    aboveNow.push(b);
    const same = Array.isArray(a) ? Array.isArray(b) && isSameList(a, b) : isSameObject(a, b);
    aboveBefore.pop();
    aboveNow.pop();
    return same;
  };
  const isSameList = (a: readonly unknown[], b: readonly unknown[]): boolean =>
    a.length === b.length && a.every((item, index) => item === b[index] || isSame(item, b[index]));
  const isSameObject = (a: object, b: object): boolean => {
    if (!isPlain(a) || !isPlain(b)) return false;
    let count = 0;
    for (const key in a) {
      count++;
      const inA: unknown = a[key as never];
      const inB: unknown = b[key as never];
      if (inA !== inB && !isSame(inA, inB, REFERENCES.has(key))) return false;
      if (inA === undefined && !(key in b)) return false;
    }
    for (const _ in b) count--;
    return count === 0;
  };
  return isSame(before, now);
}

/** Whether two bundles of facts hold the very same ones. */
export function isSameBundle(before: object, now: object): boolean {
  const keys = Object.keys(now);
  return keys.length === Object.keys(before).length && keys.every((key) => before[key as never] === now[key as never]);
}

/** Whether two lists hold the very same things. */
export function isSameList(before: readonly unknown[], now: readonly unknown[]): boolean {
  return before.length === now.length && before.every((item, index) => item === now[index]);
}

/** What is known under such a name may be a mere value, such as the name of a subvolume. */
function isPart(value: object): boolean {
  return !("known" in value);
}

function isPlain(value: object): boolean {
  return Object.getPrototypeOf(value) === Object.prototype;
}
