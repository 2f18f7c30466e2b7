import { NixError } from "./nix-error.ts";

/** Levels that a stack of 984 kB, which Node gives by itself, holds with room to spare. */
export const DEFAULT_MAX_DEPTH = 1_200;

/** Steps that one host, or one question about it, may take. */
export const DEFAULT_FUEL = 50_000_000;

/** Steps between two looks at whether somebody still wants the answer: about a millisecond. */
const STEPS_BETWEEN_LOOKS = 10_000;

/**
 * Thrown through everything when nobody wants the answer any more: the texts have changed. It is no error of the
 * program, so whoever catches errors lets it pass, and no value is kept because of it.
 */
export class Interrupted extends Error {
  constructor() {
    super("the evaluation was interrupted, because something newer is to be computed");
  }
}

/** Limits of one evaluation; exceeding one throws a `NixError` of kind `budget`. */
export const budget = {
  /** Steps left: one for each cell forced and each call. */
  fuel: DEFAULT_FUEL,
  /** What the evaluation began with. */
  granted: DEFAULT_FUEL,
  /** The amount of fuel at which `interrupted` is asked next. */
  nextLook: 0,
  depth: 0,
  maxDepth: DEFAULT_MAX_DEPTH,
  /** Whether the evaluation shall stop; the outer layers know, and most have no reason to. */
  interrupted: undefined as (() => boolean) | undefined,
  /** Why there is no room for more values; likewise. */
  exhausted: undefined as (() => string | undefined) | undefined,
  /** What `exhausted` said in this evaluation: the values made so far are what takes the room. */
  gaveUp: undefined as string | undefined,
  /** Counts as entered only when it does not throw: then, and only then, `leave` has to follow. */
  enter(): void {
    if (--this.fuel < this.nextLook) this.look();
    if (this.depth >= this.maxDepth) {
      throw new NixError("budget", "the evaluation nests too deeply");
    }
    this.depth++;
  },
  leave(): void {
    this.depth--;
  },
  /** Steps taken since the evaluation began. */
  get used(): number {
    return this.granted - this.fuel;
  },
  /** Begins an evaluation of its own: what others used up does not count. */
  renew(fuel: number = DEFAULT_FUEL, maxDepth: number = DEFAULT_MAX_DEPTH): void {
    this.fuel = fuel;
    this.granted = fuel;
    this.gaveUp = undefined;
    this.nextLook = this.interrupted || this.exhausted ? fuel : 0;
    this.depth = 0;
    this.maxDepth = maxDepth;
  },
  look(): void {
    if (this.fuel < 0) throw new NixError("budget", "the evaluation takes too many steps");
    this.nextLook = Math.max(0, this.fuel - STEPS_BETWEEN_LOOKS);
    if (this.interrupted?.()) {
      // Whatever is tried next is interrupted as well.
      this.nextLook = this.fuel;
      throw new Interrupted();
    }
    const why = this.gaveUp ?? this.exhausted?.();
    if (why !== undefined) {
      this.gaveUp = why;
      this.nextLook = this.fuel;
      throw new NixError("budget", why);
    }
  },
};
