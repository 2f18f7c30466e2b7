import type { Span } from "../syntax/expr.ts";
import { budget } from "./budget.ts";
import { NixError } from "./nix-error.ts";
import type { Origin, Place, Site } from "./origin.ts";
import { BUILT_IN, placeOf } from "./origin.ts";

/**
 * A Nix value, or what we know of one.
 *
 * Integers are JavaScript numbers while they are safe integers and bigints up to 64 bits beyond;
 * floats are always `NixFloat`. Strings carry no string context: what builds derivations is Unknown.
 */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | NixFloat
  | string
  | NixPath
  | NixList
  | NixAttrs
  | NixFunction
  | Unknown;

export class NixFloat {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

/** An absolute, normalised path. */
export class NixPath {
  readonly path: string;
  constructor(path: string) {
    this.path = path;
  }
}

/**
 * A value that cannot be known here, with the reason in words that complete "cannot tell, because …".
 * `soft` marks what stands for code outside the workspace (a flake input): `//` with it on the right
 * keeps what the left side has, as an assumption.
 */
export class Unknown {
  readonly why: string;
  readonly place: Place | undefined;
  readonly soft: boolean;
  /** Set when evaluation failed: the value is an error in the configuration, not a gap in our view. */
  readonly error: NixError | undefined;
  /** For a string of which only parts are unknown: what is known of it. */
  readonly partial: PartialText | undefined;
  /** Soft, but what code outside the workspace makes of paths in it, such as all modules of a folder. */
  readonly ofWorkspace: boolean;
  constructor(
    why: string,
    place?: Place,
    options: {
      soft?: boolean;
      error?: NixError;
      partial?: PartialText | undefined;
      ofWorkspace?: boolean;
    } = {},
  ) {
    this.why = why;
    this.place = place;
    this.soft = options.soft ?? false;
    this.error = options.error;
    this.partial = options.partial;
    this.ofWorkspace = options.ofWorkspace ?? false;
  }

  /** The same as the reason why another value is unknown: what is known of this text says nothing of that one. */
  get reason(): Unknown {
    if (!this.partial) return this;
    return new Unknown(this.why, this.place, { soft: this.soft, ...(this.error ? { error: this.error } : {}) });
  }

  /**
   * An attribute that can be told although the whole cannot: of an option group that nobody sets, single
   * options still have defaults. Undefined for everything else.
   */
  member(_name: string): Cell | undefined {
    return undefined;
  }
}

/**
 * A string with unknown stretches. Each hole is one U+FFFC character in `text`; `origin` maps the rest
 * back to the source.
 */
export interface PartialText {
  readonly text: string;
  readonly holes: readonly { readonly start: number; readonly end: number; readonly why: string }[];
  readonly origin: Origin | undefined;
}

/** The character that stands for an unknown stretch of a string. */
export const HOLE = "\uFFFC";

/**
 * One lazily computed value with the place where it is written.
 * A cell is computed at most once; `origin` is where its value was built, which survives variables,
 * selection, function calls and merging.
 */
export class Cell {
  /** Computes the value and sets the provenance register; undefined once the cell is done. */
  private run: (() => Value) | undefined;
  private done: Value | undefined;
  private running = false;
  origin: Origin | undefined;
  /** The list element or binding that holds this cell. */
  readonly slot: Slot | undefined;

  private constructor(run: (() => Value) | undefined, done: Value | undefined, slot: Slot | undefined) {
    this.run = run;
    this.done = done;
    this.slot = slot;
  }

  static of(value: Value, origin?: Origin, slot?: Slot): Cell {
    const cell = new Cell(undefined, value, slot);
    cell.origin = origin;
    return cell;
  }

  static lazy(run: () => Value, slot?: Slot): Cell {
    return new Cell(run, undefined, slot);
  }

  /** Forces the cell; throws `NixError` as evaluation does. Leaves the origin in the register. */
  force(): Value {
    const run = this.run;
    if (run === undefined) {
      register.origin = this.origin;
      return this.done as Value;
    }
    if (this.running) {
      throw new NixError("recursion", "infinite recursion: this value needs itself", slotPlace(this));
    }
    budget.enter();
    this.running = true;
    try {
      const value = run();
      this.origin = register.origin;
      this.done = value;
      this.run = undefined;
      return value;
    } catch (error) {
      if (error instanceof NixError && error.kind !== "budget" && error.kind !== "recursion") {
        // The program's own errors are as final as values; the others depend on who asked.
        this.run = () => {
          throw error;
        };
      }
      throw error;
    } finally {
      budget.leave();
      this.running = false;
    }
  }

  get isForced(): boolean {
    return this.run === undefined;
  }

  /** The same value written elsewhere (an alias made by merging). */
  at(slot: Slot | undefined): Cell {
    return slot === this.slot ? this : Cell.lazy(() => this.force(), slot);
  }

  /** The place to show for this cell: what built the value, else where it is written. */
  get place(): Place | undefined {
    const place = this.origin && placeOf(this.origin);
    return place && !place.file.startsWith(BUILT_IN) ? place : slotPlace(this);
  }
}

/** Where a cell is written: an element of a list literal, or a binding of an attribute set. */
export interface Slot {
  readonly site: Site;
  /** For a binding: the range of the attribute name. */
  readonly name?: Span;
  /** For a binding: the whole `name = value;`. */
  readonly binding?: Span;
  /** The place is that of another cell, which this one was computed from. */
  readonly copied?: boolean;
}

export function slotPlace(cell: Cell): Place | undefined {
  const slot = cell.slot;
  return slot && { file: slot.site.file, start: slot.site.expr.start, end: slot.site.expr.end };
}

/** An element that is present only when `condition` turns out true (false with `negated`). */
export class Maybe {
  readonly cell: Cell;
  readonly condition: Unknown;
  constructor(cell: Cell, condition: Unknown) {
    this.cell = cell;
    this.condition = condition;
  }
}

/** Any number of elements that cannot be seen. */
export class Gap {
  readonly unknown: Unknown;
  constructor(unknown: Unknown) {
    this.unknown = unknown;
  }
}

export type ListItem = Cell | Maybe | Gap;

/** A list; `certain` when every item is a cell. */
export class NixList {
  readonly items: readonly ListItem[];
  readonly certain: boolean;
  constructor(items: readonly ListItem[], certain = items.every((item) => item instanceof Cell)) {
    this.items = items;
    this.certain = certain;
  }
  static of(cells: readonly Cell[]): NixList {
    return new NixList(cells, true);
  }
}

/**
 * An attribute set. When `open` is set there may be more names than it lists, for that reason.
 * Subclasses may compute names and cells on demand (the merged configuration does).
 */
export class NixAttrs {
  readonly cells: ReadonlyMap<string, Cell>;
  readonly open: Unknown | undefined;
  constructor(cells: ReadonlyMap<string, Cell>, open?: Unknown) {
    this.cells = cells;
    this.open = open;
  }
  static of(entries: Record<string, Cell>): NixAttrs {
    return new NixAttrs(new Map(Object.entries(entries)));
  }
  /** The attribute, or undefined when it is absent or, in an open set, not known to exist. */
  get(name: string): Cell | undefined {
    return this.cells.get(name);
  }
  /** Whether the attribute exists. */
  has(name: string): boolean | Unknown {
    return this.cells.has(name) || (this.open ?? false);
  }
  /** Whether it has a value for names that it does not list, as a set of all packages does. */
  get answersAnyName(): boolean {
    return false;
  }
  /** What a call gives, for sets that stand for what may be a function; undefined for all others. */
  called(_arg: Cell): Value | undefined {
    return undefined;
  }
  /** Known names in the order Nix shows them (sorted by code point). */
  names(): string[] {
    return sortedNames([...this.cells.keys()]);
  }
}

/** Sorts in place by code point. */
function sortedNames(names: string[]): string[] {
  // Almost always the order of JavaScript is the same, and a hundred times faster.
  return names.some((name) => /[\uD800-\uFFFF]/.test(name)) ? names.sort(byCodePoint) : names.sort();
}

/**
 * A set of which some attributes may be absent, for a reason each. Whoever asks for one of those as for any other
 * gets Unknown, as in an open set; who can tell "perhaps" from "cannot be seen" asks `perhaps`.
 */
export class PerhapsAttrs extends NixAttrs {
  readonly perhaps: ReadonlyMap<string, Maybe>;
  /** Why there may be names that are not listed at all. */
  readonly rest: Unknown | undefined;
  constructor(cells: ReadonlyMap<string, Cell>, perhaps: ReadonlyMap<string, Maybe>, rest: Unknown | undefined) {
    super(cells, rest && !rest.soft ? rest : (hard([...perhaps.values()][0]?.condition) ?? rest));
    this.perhaps = perhaps;
    this.rest = rest;
  }
  override has(name: string): boolean | Unknown {
    return this.cells.has(name) || (hard(this.perhaps.get(name)?.condition) ?? this.rest ?? false);
  }
}

/** The reason for a name that is written, if perhaps: no assumption that there is nothing outside. */
function hard(reason: Unknown | undefined): Unknown | undefined {
  return reason?.soft ? new Unknown(reason.why, reason.place) : reason;
}

/** Nix orders strings by UTF-8 bytes, which is code point order. */
export function byCodePoint(a: string, b: string): number {
  if (a === b) return 0;
  if (!/[\uD800-\uDFFF]/.test(a) || !/[\uD800-\uDFFF]/.test(b)) {
    // UTF-16 order differs only between surrogates and U+E000..U+FFFF.
    if (!/[\uD800-\uFFFF]/.test(a) && !/[\uD800-\uFFFF]/.test(b)) return a < b ? -1 : 1;
  }
  const left = Array.from(a);
  const right = Array.from(b);
  for (let i = 0; i < left.length && i < right.length; i++) {
    const difference = (left[i]?.codePointAt(0) ?? 0) - (right[i]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** A function: a lambda of the language or a builtin. */
export class NixFunction {
  /** Calls the function. `at` is the place of the call. */
  readonly call: (arg: Cell, at: Site | undefined) => Value;
  /** Formals of `{ a, b ? 1 }:` patterns: name to "has a default"; undefined for other functions. */
  readonly formals: ReadonlyMap<string, boolean> | undefined;
  readonly ellipsis: boolean;
  /** The lambda or, for builtins, its name. */
  readonly origin: Site | string;
  /** A builtin that has got some of its arguments. */
  readonly partiallyApplied: boolean;
  constructor(
    call: (arg: Cell, at: Site | undefined) => Value,
    origin: Site | string,
    formals?: ReadonlyMap<string, boolean>,
    ellipsis = false,
    partiallyApplied = false,
  ) {
    this.partiallyApplied = partiallyApplied;
    this.call = call;
    this.origin = origin;
    this.formals = formals;
    this.ellipsis = ellipsis;
  }
}

/** Thrown inside builtins to answer "Unknown"; the call turns it into the value. */
export class UnknownSignal {
  readonly unknown: Unknown;
  constructor(unknown: Unknown) {
    this.unknown = unknown;
  }
}

/**
 * The provenance register: whoever builds or passes on a value leaves the value's origin here, and the
 * cell that is being computed takes it. One register for the whole (synchronous) evaluator.
 */
export const register: { origin: Origin | undefined } = { origin: undefined };

/** Forces a cell for a reader outside evaluation: never throws, an error becomes Unknown with the error. */
export function look(cell: Cell): Value {
  try {
    return cell.force();
  } catch (error) {
    return unknownFrom(error, cell.place);
  }
}

/** The Unknown that stands for a failed evaluation. Rethrows what is not an error of the program. */
export function unknownFrom(error: unknown, place?: Place): Unknown {
  if (error instanceof NixError) {
    return new Unknown(error.message, error.place ?? place, { error });
  }
  if (error instanceof UnknownSignal) {
    return error.unknown;
  }
  if (error instanceof RangeError) {
    const deep = new NixError("budget", "the evaluation nests too deeply", place);
    return new Unknown(deep.message, place, { error: deep });
  }
  throw error;
}

/** The name Nix gives the value's type in messages. */
export function typeName(value: Value): string {
  if (value === null) return "null";
  switch (typeof value) {
    case "boolean":
      return "a Boolean";
    case "number":
    case "bigint":
      return "an integer";
    case "string":
      return "a string";
    default:
      if (value instanceof NixAttrs) return "a set";
      if (value instanceof NixList) return "a list";
      if (value instanceof NixPath) return "a path";
      if (value instanceof NixFloat) return "a float";
      if (value instanceof NixFunction) return "a function";
      return "unknown";
  }
}
