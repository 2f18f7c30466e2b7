interface Level {
  /** Made when there is something: most levels are the last ones of their paths. */
  below: Map<string, Level> | undefined;
  /** Everything below belongs to the set as well. */
  whole: boolean;
}

/** A set of option paths, with the answer to what a change at another path has to do with them. */
export class PathSet {
  private readonly top: Level;
  private count = 0;

  constructor(top: Level = { below: undefined, whole: false }) {
    this.top = top;
  }

  /** Adds a path with all that lies below it. */
  addWhole(path: readonly string[]): void {
    const level = this.levelAt(path);
    if (!level || level.whole) return;
    level.whole = true;
    this.count++;
  }

  /** Adds a path as a group: that there is a set of options, not what is in it. */
  addGroup(path: readonly string[]): void {
    this.levelAt(path);
  }

  /** Whether a path of the set lies at or below `path`, or a whole one above it. */
  touches(path: readonly string[]): boolean {
    let level: Level = this.top;
    for (const name of path) {
      if (level.whole) return true;
      const next = level.below?.get(name);
      if (!next) return false;
      level = next;
    }
    return level.whole || level.below !== undefined || level !== this.top;
  }

  /** Whether a path of one set lies at, above or below one of the other; of groups, only at or below. */
  meets(other: PathSet): boolean {
    return !this.isEmpty && !other.isEmpty && meet(this.top, other.top);
  }

  /** Grows whenever the set does; nothing ever leaves it. */
  get size(): number {
    return this.count;
  }

  /** Tells of every path that the others follow from, and whether all below belongs to the set. */
  forEach(tell: (path: readonly string[], isWhole: boolean) => void): void {
    const visit = (level: Level, path: readonly string[]): void => {
      if (level.whole || !level.below) tell(path, level.whole);
      for (const [name, next] of level.below ?? []) visit(next, [...path, name]);
    };
    if (!this.isEmpty) visit(this.top, []);
  }

  get isEmpty(): boolean {
    return !this.top.whole && !this.top.below;
  }

  /** What of the set lies at and below a name, as a set of its own; undefined where `touches` says no. */
  below(name: string): PathSet | undefined {
    if (this.top.whole) return this;
    const level = this.top.below?.get(name);
    return level && new PathSet(level);
  }

  /** The names with which the paths of the set begin; undefined when that is every one. */
  names(): Iterable<string> | undefined {
    return this.top.whole ? undefined : (this.top.below?.keys() ?? []);
  }

  /** Whether all that lies at and below `path` belongs to the set. */
  covers(path: readonly string[]): boolean {
    let level: Level | undefined = this.top;
    for (const name of path) {
      if (level.whole) return true;
      level = level.below?.get(name);
      if (!level) return false;
    }
    return level.whole;
  }

  /** The level of a path, made if need be; undefined when it belongs to the set already, with all above it. */
  private levelAt(path: readonly string[]): Level | undefined {
    let level = this.top;
    for (const name of path) {
      if (level.whole) return undefined;
      level.below ??= new Map();
      let next = level.below.get(name);
      if (!next) {
        next = { below: undefined, whole: false };
        level.below.set(name, next);
        this.count++;
      }
      level = next;
    }
    return level;
  }
}

function meet(a: Level, b: Level): boolean {
  if (a.whole || b.whole) return true;
  if (!a.below || !b.below) return false;
  const [few, many] = a.below.size < b.below.size ? [a.below, b.below] : [b.below, a.below];
  for (const [name, level] of few) {
    const other = many.get(name);
    if (other && meet(level, other)) return true;
  }
  return false;
}
