import type { PathSet } from "./path-set.ts";

interface Level<Reader> {
  readonly below: Map<string, Level<Reader>>;
  /** Those who read all that is at and below here. */
  readonly whole: Set<Reader>;
  /** Those who read anything at or below here. */
  readonly any: Set<Reader>;
}

/**
 * Who reads what, so that the readers of a path are found without asking each of them: what `PathSet.touches` says of
 * every single one, at once.
 */
export class ReadIndex<Reader extends object> {
  private readonly top = newLevel<Reader>();
  /** How many paths of a reader are in the index already. */
  private readonly taken = new WeakMap<Reader, { readonly reads: PathSet; size: number }>();

  /** Takes in what a reader has read since it was last taken in; with another set of paths it counts as a new one. */
  take(reader: Reader, reads: PathSet): void {
    const known = this.taken.get(reader);
    if (known?.reads === reads && known.size === reads.size) return;
    if (known && known.reads !== reads) this.drop(reader);
    this.taken.set(reader, { reads, size: reads.size });
    reads.forEach((path, isWhole) => {
      let level = this.top;
      level.any.add(reader);
      for (const name of path) {
        let next = level.below.get(name);
        if (!next) {
          next = newLevel();
          level.below.set(name, next);
        }
        level = next;
        level.any.add(reader);
      }
      if (isWhole) level.whole.add(reader);
    });
  }

  /** Forgets a reader. */
  drop(reader: Reader): void {
    const known = this.taken.get(reader);
    if (!known) return;
    this.taken.delete(reader);
    known.reads.forEach((path) => {
      const levels = [this.top];
      for (const name of path) {
        const next = levels.at(-1)?.below.get(name);
        if (!next) break;
        levels.push(next);
      }
      for (const [index, level] of [...levels.entries()].reverse()) {
        level.any.delete(reader);
        level.whole.delete(reader);
        if (index > 0 && level.any.size === 0) levels[index - 1]?.below.delete(path[index - 1] as string);
      }
    });
  }

  /** Those of whom what they read is touched by a change at the path. */
  readersOf(path: readonly string[]): Set<Reader> {
    const found = new Set<Reader>();
    let level = this.top;
    for (const name of path) {
      for (const reader of level.whole) found.add(reader);
      const next = level.below.get(name);
      if (!next) return found;
      level = next;
    }
    for (const reader of level.any) found.add(reader);
    return found;
  }
}

function newLevel<Reader>(): Level<Reader> {
  return { below: new Map(), whole: new Set(), any: new Set() };
}
