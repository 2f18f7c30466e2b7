import { noting } from "../modules/noted-reads.ts";
import { PathSet } from "../modules/path-set.ts";
import type { Program } from "../syntax/expr.ts";
import { succeedFact } from "./per-item.ts";

/** What was worked out, and everything that it was made of. */
interface Entry {
  readonly value: unknown;
  readonly options: PathSet;
  /** Other facts as they were, in the order in which they were asked for. */
  readonly facts: Map<string, unknown>;
  readonly programs: Map<string, Program | undefined>;
  /** Whether something was asked for that nobody notes changes of. */
  isVolatile: boolean;
  /** Whether an option that it was made of was reached since. */
  isTouched: boolean;
  /** The state of the host for which it is known to hold. */
  state: number;
}

interface Maker {
  readonly make: () => unknown;
  /** Whether two values mean the same: then the old one stays, and with it all that was made of it. */
  readonly isSame: ((before: never, now: never) => boolean) | undefined;
}

/**
 * The facts and findings of one host, and what each was made of. As long as the host is edited, what an edit does not
 * reach stays: a fact is worked out again only when an option or another fact that it read is another one now.
 *
 * What is in a fact must not ask later for anything outside of the options that the fact had asked for.
 */
export class FactLedger {
  private readonly keeps: boolean;
  private readonly entries = new Map<string, Entry>();
  private readonly makers = new Map<string, Maker>();
  private programs: ReadonlyMap<string, Program> = new Map();
  private open: Entry | undefined;
  private state = 0;

  /** Without `keeps` nothing is noted: for hosts that are looked at once. */
  constructor(keeps: boolean) {
    this.keeps = keeps;
  }

  /** Begins another state of the host, in which options at, above and below these paths may be others than before. */
  advance(reached: PathSet): void {
    this.state++;
    this.makers.clear();
    for (const entry of this.entries.values()) {
      if (entry.isVolatile || entry.options.meets(reached)) entry.isTouched = true;
    }
  }

  /** The programs that rules may look at. */
  use(programs: ReadonlyMap<string, Program>): void {
    this.programs = programs;
  }

  /**
   * Says how a fact is made in this state of the host; it is made when it is first asked for. With `isSame` a fact that
   * turns out as it was stays the very same, so that it is compared by identity.
   */
  fact<T>(name: string, make: () => T, isSame?: (before: T, now: T) => boolean): () => T {
    this.makers.set(name, { make, isSame: isSame as Maker["isSame"] });
    return () => this.read(name) as T;
  }

  /** A file as it is now, for what is being made. */
  program(path: string): Program | undefined {
    const program = this.programs.get(path);
    this.open?.programs.set(path, program);
    return program;
  }

  /** What is being made depends on something that may change at any time. */
  noteVolatile(): void {
    if (this.open) this.open.isVolatile = true;
  }

  private read(name: string): unknown {
    const value = this.current(name);
    this.open?.facts.set(name, value);
    return value;
  }

  private current(name: string): unknown {
    const entry = this.entries.get(name);
    return entry && this.holds(entry) ? entry.value : this.make(name, entry);
  }

  /** What was asked for first decided what else was asked for, so it is looked at first. */
  private holds(entry: Entry): boolean {
    if (entry.state === this.state) return true;
    if (entry.isTouched) return false;
    for (const [path, program] of entry.programs) if (this.programs.get(path) !== program) return false;
    for (const [name, value] of entry.facts) {
      if (!this.makers.has(name) || this.current(name) !== value) return false;
    }
    entry.state = this.state;
    return true;
  }

  private make(name: string, before: Entry | undefined): unknown {
    const { make, isSame } = this.makers.get(name) as Maker;
    const outer = this.open;
    const own = {
      options: new PathSet(),
      facts: new Map<string, unknown>(),
      programs: new Map<string, Program | undefined>(),
      isVolatile: false,
      isTouched: false,
      state: this.state,
    };
    const frame: Entry = { value: undefined, ...own };
    if (this.keeps) this.open = frame;
    let value: unknown;
    try {
      value = noting(this.keeps ? frame.options : undefined, make);
    } catch (error) {
      this.entries.delete(name);
      // Whoever goes on without it does not know what it depends on.
      if (outer) outer.isVolatile = true;
      throw error;
    } finally {
      this.open = outer;
    }
    if (before && isSame?.(before.value as never, value as never)) value = before.value;
    else if (before) succeedFact(before.value, value);
    this.entries.set(name, { ...frame, value });
    return value;
  }
}
