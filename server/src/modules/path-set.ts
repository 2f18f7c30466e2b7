interface Level {
  readonly below: Map<string, Level>;
  /** Everything below belongs to the set as well. */
  whole: boolean;
}

/** A set of option paths, with the answer to what a change at another path has to do with them. */
export class PathSet {
  private readonly top: Level = { below: new Map(), whole: false };

  /** Adds a path with all that lies below it. */
  addWhole(path: readonly string[]): void {
    this.levelAt(path).whole = true;
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
      const next = level.below.get(name);
      if (!next) return false;
      level = next;
    }
    return level.whole || level.below.size > 0 || level !== this.top;
  }

  get isEmpty(): boolean {
    return !this.top.whole && this.top.below.size === 0;
  }

  /** Whether all that lies at and below `path` belongs to the set. */
  covers(path: readonly string[]): boolean {
    let level: Level | undefined = this.top;
    for (const name of path) {
      if (level.whole) return true;
      level = level.below.get(name);
      if (!level) return false;
    }
    return level.whole;
  }

  private levelAt(path: readonly string[]): Level {
    let level = this.top;
    for (const name of path) {
      let next = level.below.get(name);
      if (!next) {
        next = { below: new Map(), whole: false };
        level.below.set(name, next);
      }
      level = next;
    }
    return level;
  }
}
