import { settle } from "../eval/builtins/calls.ts";
import { unique } from "../eval/builtins/unique.ts";
import { Cell, look, NixAttrs, NixFunction, register, Unknown, type Value } from "../eval/value.ts";
import { typeLibrary } from "./type-library.ts";

/** How often each function of nixpkgs' `lib` that is not modelled was asked for, by name. */
export type MissingFunctions = Map<string, number>;

/**
 * `lib` and its sections: our own functions, our types, and the functions that make systems. A missing function is
 * Unknown by name.
 */
export class Library extends NixAttrs {
  private readonly name: string;
  readonly missing: MissingFunctions;
  constructor(cells: ReadonlyMap<string, Cell>, missing: MissingFunctions, name = "lib") {
    super(cells, new Unknown("a function of nixpkgs' `lib` is not modelled", undefined, { soft: true }));
    this.name = name;
    this.missing = missing;
  }
  override get(name: string): Cell | undefined {
    const known = super.get(name);
    return known || isMark(name) ? known : Cell.lazy(() => this.ask(`${this.name}.${name}`));
  }
  private ask(name: string): Unknown {
    this.missing.set(name, (this.missing.get(name) ?? 0) + 1);
    register.origin = undefined;
    return new Unknown(`\`${name}\` is not modelled`);
  }
  override has(name: string): boolean | Unknown {
    return this.cells.has(name) || (isMark(name) ? false : (this.open as Unknown));
  }
}

/** Names such as `_type` and `__functor`, which say what a set is: neither `lib` nor its sections have one. */
function isMark(name: string): boolean {
  return name.startsWith("_");
}

/** Functions that only the module system can serve. */
export interface SystemFunctions {
  /** `lib.nixosSystem { modules; specialArgs; }` */
  nixosSystem(args: Cell): Value;
  /** `lib.evalModules { modules; specialArgs; }` */
  evalModules(args: Cell): Value;
}

/** The embedded library made again over our types and system functions, so that its functions use them. */
export function makeLibrary(base: Cell, systems: SystemFunctions, missing: MissingFunctions): Cell {
  return Cell.lazy(() => {
    const added = addedMembers(systems);
    const overlay = new NixFunction(() => new NixAttrs(added), "lib");
    const plain = look(base);
    const remake = plain instanceof NixAttrs ? plain.get("__overlay") : undefined;
    const make = remake && look(remake);
    const written = make instanceof NixFunction ? make.call(Cell.of(overlay), undefined) : plain;
    const cells = new Map<string, Cell>();
    if (written instanceof NixAttrs) for (const name of written.names()) cells.set(name, written.get(name) as Cell);
    const library: Library = new Library(cells, missing);
    const { evalModules, mkOptionType, unique } = Object.fromEntries(added) as Record<string, Cell>;
    cells.set("extend", Cell.of(new NixFunction((more) => extend(library, more), "lib.extend")));
    const additions: Record<string, Record<string, Cell | undefined>> = {
      modules: { evalModules },
      options: { mkOptionType },
      lists: { unique },
    };
    for (const name of SECTIONS) {
      if (cells.has(name))
        cells.set(
          name,
          Cell.lazy(() => section(written, name, additions[name] ?? {}, missing)),
        );
    }
    return library;
  });
}

function addedMembers(systems: SystemFunctions): Map<string, Cell> {
  const types = typeLibrary();
  const members = new Map<string, Cell>([
    ["types", Cell.of(types)],
    ["mkOptionType", types.get("mkOptionType") as Cell],
    ["unique", Cell.of(new NixFunction((list) => settle(() => unique(list), undefined), "lib.unique"))],
  ]);
  for (const name of ["nixosSystem", "evalModules"] as const) {
    members.set(name, Cell.of(new NixFunction((args) => systems[name](args), `lib.${name}`)));
  }
  return members;
}

/** Sets of functions inside of `lib`. A function that one of them lacks is no more absent in nixpkgs than one of `lib`. */
const SECTIONS = [
  "asserts",
  "attrsets",
  "cli",
  "customisation",
  "debug",
  "derivations",
  "fileset",
  "filesystem",
  "fixedPoints",
  "generators",
  "gvariant",
  "kernel",
  "lists",

  "meta",
  "misc",
  "modules",
  "options",
  "path",
  "sourceTypes",
  "sources",
  "strings",
  "stringsWithDeps",
  "systems",
  "trivial",
  "versions",
];

/** A section such as `lib.modules` with functions of ours added; open, as the library is. */
function section(
  written: Value,
  name: string,
  added: Record<string, Cell | undefined>,
  missing: MissingFunctions,
): Value {
  const group = written instanceof NixAttrs ? written.get(name) : undefined;
  const set = group && look(group);
  const cells = new Map(set instanceof NixAttrs ? set.cells : []);
  for (const [key, cell] of Object.entries(added)) if (cell) cells.set(key, cell);
  return new Library(cells, missing, `lib.${name}`);
}

/**
 * `lib.extend (final: prev: { … })`: one fixed point over both. Its `nixosSystem` gives modules the library that came of
 * it, also where the overlay hands on the one before.
 */
function extend(library: Library, overlay: Cell): Value {
  const cells = new Map(library.cells);
  const extended: Library = new Library(cells, library.missing);
  cells.set("extend", Cell.of(new NixFunction((more) => extend(extended, more), "lib.extend")));
  const make = cells.get("nixosSystem");
  if (make) {
    const made = new NixFunction((args) => makeWith(make, extended, args), "lib.nixosSystem");
    cells.set("nixosSystem", Cell.of(made));
  }
  const previous = new Library(new Map(cells), library.missing);
  const fn = look(overlay);
  const step = fn instanceof NixFunction ? fn.call(Cell.of(extended), undefined) : undefined;
  const added = step instanceof NixFunction ? step.call(Cell.of(previous), undefined) : undefined;
  if (added instanceof NixAttrs) for (const name of added.names()) cells.set(name, added.get(name) as Cell);
  return extended;
}

/** `nixosSystem` of a library that somebody extended: modules are given that library, unless they are given another. */
function makeWith(make: Cell, library: Library, args: Cell): Value {
  const fn = make.force();
  const given = look(args);
  if (!(fn instanceof NixFunction)) return fn;
  if (!(given instanceof NixAttrs) || given.has("lib") !== false) return fn.call(args, undefined);
  const cells = new Map(given.names().map((name): [string, Cell] => [name, given.get(name) as Cell]));
  cells.set("lib", Cell.of(library));
  return fn.call(Cell.of(new NixAttrs(cells, given.open), args.origin, args.slot), undefined);
}
