import { Cell, look, NixAttrs, NixFunction, Unknown, type Value } from "../eval/value.ts";
import { typeLibrary } from "./type-library.ts";

/** `lib`: our own functions, our types, and the functions that make systems. A missing function is Unknown by name. */
export class Library extends NixAttrs {
  constructor(cells: ReadonlyMap<string, Cell>) {
    super(cells, new Unknown("a function of nixpkgs' `lib` is not modelled", undefined, { soft: true }));
  }
  override get(name: string): Cell | undefined {
    return super.get(name) ?? Cell.of(new Unknown(`\`lib.${name}\` is not modelled`, undefined, { soft: true }));
  }
  override has(name: string): boolean | Unknown {
    return this.cells.has(name) || (this.open as Unknown);
  }
}

/** Functions that only the module system can serve. */
export interface SystemFunctions {
  /** `lib.nixosSystem { modules; specialArgs; }` */
  nixosSystem(args: Cell): Value;
  /** `lib.evalModules { modules; specialArgs; }` */
  evalModules(args: Cell): Value;
}

/** The embedded library made again over our types and system functions, so that its functions use them. */
export function makeLibrary(base: Cell, systems: SystemFunctions): Cell {
  return Cell.lazy(() => {
    const added = addedMembers(systems);
    const overlay = new NixFunction(() => new NixAttrs(added), "lib");
    const plain = look(base);
    const remake = plain instanceof NixAttrs ? plain.get("__overlay") : undefined;
    const make = remake && look(remake);
    const written = make instanceof NixFunction ? make.call(Cell.of(overlay), undefined) : plain;
    const cells = new Map<string, Cell>();
    if (written instanceof NixAttrs) for (const name of written.names()) cells.set(name, written.get(name) as Cell);
    const library: Library = new Library(cells);
    const { evalModules, mkOptionType } = Object.fromEntries(added) as Record<string, Cell>;
    cells.set("extend", Cell.of(new NixFunction((more) => extend(library, more), "lib.extend")));
    cells.set(
      "modules",
      Cell.lazy(() => over(written, "modules", { evalModules })),
    );
    cells.set(
      "options",
      Cell.lazy(() => over(written, "options", { mkOptionType })),
    );
    return library;
  });
}

function addedMembers(systems: SystemFunctions): Map<string, Cell> {
  const types = typeLibrary();
  const members = new Map<string, Cell>([
    ["types", Cell.of(types)],
    ["mkOptionType", types.get("mkOptionType") as Cell],
  ]);
  for (const name of ["nixosSystem", "evalModules"] as const) {
    members.set(name, Cell.of(new NixFunction((args) => systems[name](args), `lib.${name}`)));
  }
  return members;
}

/** A group such as `lib.modules` with functions of ours added; open, as the library is. */
function over(written: Value, name: string, added: Record<string, Cell | undefined>): Value {
  const group = written instanceof NixAttrs ? written.get(name) : undefined;
  const set = group && look(group);
  const cells = new Map(set instanceof NixAttrs ? set.cells : []);
  for (const [key, cell] of Object.entries(added)) if (cell) cells.set(key, cell);
  return new Library(cells);
}

/** `lib.extend (final: prev: { … })`: one fixed point over both. */
function extend(library: Library, overlay: Cell): Value {
  const cells = new Map(library.cells);
  const extended = new Library(cells);
  const fn = look(overlay);
  const step = fn instanceof NixFunction ? fn.call(Cell.of(extended), undefined) : undefined;
  const added = step instanceof NixFunction ? step.call(Cell.of(library), undefined) : undefined;
  if (added instanceof NixAttrs) for (const name of added.names()) cells.set(name, added.get(name) as Cell);
  return extended;
}
