import { functionOf, listOf as readList, stringOf } from "../eval/coerce.ts";
import { Cell, look, NixAttrs, NixFunction, NixList, Unknown, type Value } from "../eval/value.ts";
import * as basic from "./basic-types.ts";
import * as compound from "./compound-types.ts";
import { givenValue } from "./merge-scalar.ts";
import type { Definition } from "./option-node.ts";
import type { MergeContext, OptionType } from "./option-type.ts";
import { optionTypeOf, TypeAttrs } from "./type-value.ts";

/** `lib.types`. An open set: a type it lacks is Unknown, and options of that type merge freely. */
export function typeLibrary(): NixAttrs {
  const cells = new Map<string, Cell>();
  for (const [name, type] of Object.entries(SIMPLE)) cells.set(name, Cell.of(new TypeAttrs(type)));
  for (const [name, make] of Object.entries(FUNCTIONS))
    cells.set(name, Cell.of(new NixFunction(make, `types.${name}`)));
  cells.set("ints", Cell.of(integers()));
  cells.set("numbers", Cell.of(numbers()));
  return new NixAttrs(cells, new Unknown("the option type is not known here", undefined, { soft: true }));
}

const SIMPLE: Record<string, OptionType> = {
  bool: basic.bool,
  boolByOr: {
    ...basic.bool,
    name: "boolByOr",
    merge: (definitions) => {
      const values = definitions.map((one) => (one.condition === true ? givenValue(one) : one.condition));
      return values.includes(true) || ((values.find((value) => value instanceof Unknown) as Unknown)?.reason ?? false);
    },
  },
  int: basic.int,
  port: basic.intBetween("port", 0, 65535),
  float: basic.float,
  number: basic.number,
  str: basic.str,
  string: basic.separated("string", ""),
  singleLineStr: basic.singleLineStr,
  nonEmptyStr: basic.nonEmptyStr,
  passwdEntry: basic.str,
  lines: basic.separated("lines", "\n"),
  commas: basic.separated("commas", ","),
  envVar: basic.separated("envVar", ":"),
  path: basic.path,
  pathInStore: basic.path,
  externalPath: basic.path,
  package: basic.package_,
  shellPackage: basic.package_,
  pkgs: basic.raw,
  attrs: basic.attrs,
  anything: basic.anything,
  raw: basic.raw,
  unspecified: basic.unspecified,
  optionType: basic.raw,
  deferredModule: compound.deferredModule(),
  luaInline: basic.raw,
};

type Make = (arg: Cell) => Value;

/** A function from one type to a type; an unknown inner type gives a type that merges freely. */
const over =
  (make: (inner: OptionType) => OptionType): Make =>
  (arg) =>
    new TypeAttrs(make(typeArgument(arg)));

function typeArgument(cell: Cell): OptionType {
  const value = look(cell);
  return optionTypeOf(value) ?? (value instanceof Unknown ? laterType(cell) : basic.unspecified);
}

/** A type that contains itself is not known before it is made, and is not asked for anything before. */
function laterType(cell: Cell): OptionType {
  const type = (): OptionType => optionTypeOf(look(cell)) ?? basic.unspecified;
  return {
    name: "later",
    description: "another",
    check: (value) => type().check(value),
    merge: (definitions, context) => type().merge(definitions, context),
  };
}

const FUNCTIONS: Record<string, Make> = {
  listOf: over((inner) => basic.listOf(inner)),
  nonEmptyListOf: over((inner) => basic.listOf(inner, true)),
  attrsOf: over((inner) => basic.attrsOf(inner)),
  lazyAttrsOf: over((inner) => basic.attrsOf(inner, "lazyAttrsOf")),
  attrsWith: (arg) => new TypeAttrs(basic.attrsOf(typeArgument(field(arg, "elemType") ?? Cell.of(null)))),
  nullOr: over(compound.nullOr),
  uniq: over(compound.unique),
  functionTo: over(basic.functionTo),
  unique: () => new NixFunction(over(compound.unique), "types.unique"),
  either: (first) =>
    new NixFunction(
      (second) => new TypeAttrs(compound.either(typeArgument(first), typeArgument(second))),
      "types.either",
    ),
  oneOf: (arg) => {
    const types = cellsIn(arg).map(typeArgument);
    return new TypeAttrs(types.reduceRight((rest, type) => compound.either(type, rest)));
  },
  enum: (arg) => {
    const list = readList(arg);
    return new TypeAttrs(list.certain ? basic.enumeration(cellsIn(arg).map(look)) : basic.unspecified);
  },
  strMatching: (arg) =>
    new TypeAttrs({
      ...basic.str,
      name: "strMatching",
      description: `string matching the pattern ${String(look(arg))}`,
    }),
  separatedString: (arg) => new TypeAttrs(basic.separated("separatedString", stringOf(arg))),
  coercedTo: (from) =>
    curry2(
      "types.coercedTo",
      (convert, to) => new TypeAttrs(compound.coercedTo(typeArgument(from), convert, typeArgument(to))),
    ),
  addCheck: (inner) =>
    new NixFunction(
      (predicate) => new TypeAttrs(compound.checked(typeArgument(inner), userCheck(predicate))),
      "types.addCheck",
    ),
  submodule: (arg) => {
    const value = look(arg);
    const modules = value instanceof NixList ? cellsIn(arg) : [arg];
    return new TypeAttrs(compound.submodule({ modules, shorthandOnlyDefinesConfig: true }));
  },
  submoduleWith: (arg) => {
    const modules = field(arg, "modules");
    const shorthand = field(arg, "shorthandOnlyDefinesConfig");
    const special = field(arg, "specialArgs");
    const specialArgs = special && look(special);
    return new TypeAttrs(
      compound.submodule({
        modules: modules ? cellsIn(modules) : [],
        shorthandOnlyDefinesConfig: shorthand !== undefined && look(shorthand) === true,
        specialArgs: () => (specialArgs instanceof NixAttrs ? cellMap(specialArgs) : new Map()),
      }),
    );
  },
  deferredModuleWith: (arg) => {
    const modules = field(arg, "staticModules");
    return new TypeAttrs(compound.deferredModule(modules ? cellsIn(modules) : []));
  },
  attrTag: (arg) => {
    const tags = look(arg);
    if (!(tags instanceof NixAttrs) || tags.open) return new TypeAttrs(basic.attrsOf(basic.unspecified));
    const typeOf = (name: string) => field(tags.get(name) as Cell, "type") ?? Cell.of(null);
    return new TypeAttrs(compound.attrTag(new Map(tags.names().map((name) => [name, typeArgument(typeOf(name))]))));
  },
  pathWith: () => new TypeAttrs(basic.path),
  mkOptionType: (arg) => new TypeAttrs(userType(arg)),
};

function curry2(name: string, make: (a: Cell, b: Cell) => Value): NixFunction {
  return new NixFunction((a) => new NixFunction((b) => make(a, b), name), name);
}

function field(cell: Cell, name: string): Cell | undefined {
  const value = look(cell);
  return value instanceof NixAttrs ? value.get(name) : undefined;
}

function cellsIn(cell: Cell): Cell[] {
  const list = look(cell);
  return list instanceof NixList ? list.items.flatMap((item) => (item instanceof Cell ? [item] : [])) : [];
}

function cellMap(attrs: NixAttrs): Map<string, Cell> {
  return new Map(attrs.names().map((name) => [name, attrs.get(name) as Cell]));
}

function userCheck(predicate: Cell): (value: Value) => boolean | Unknown {
  return (value) => {
    const result = look(Cell.lazy(() => functionOf(predicate)(Cell.of(value))));
    return typeof result === "boolean" ? result : new Unknown("the type's check could not be evaluated");
  };
}

/** `lib.mkOptionType { name; check; merge; }`. */
function userType(arg: Cell): OptionType {
  const name = field(arg, "name");
  const description = field(arg, "description");
  const check = field(arg, "check");
  const merge = field(arg, "merge");
  const shown = name ? String(look(name)) : "custom";
  return {
    name: shown,
    description: description && typeof look(description) === "string" ? String(look(description)) : shown,
    check: check ? userCheck(check) : () => true,
    merge: merge ? (definitions, context) => callMerge(merge, definitions, context) : basic.unspecified.merge,
  };
}

function callMerge(merge: Cell, definitions: readonly Definition[], context: MergeContext): Value {
  const loc = NixList.of(context.path.map((part) => Cell.of(part)));
  const list = NixList.of(
    definitions.map((definition) => Cell.of(NixAttrs.of({ file: Cell.of(definition.file), value: definition.cell }))),
  );
  const value = look(merge);
  if (!(value instanceof NixFunction)) return new Unknown("the type's merge could not be evaluated");
  const step = value.call(Cell.of(loc), undefined);
  return step instanceof NixFunction ? step.call(Cell.of(list), undefined) : step;
}

function integers(): NixAttrs {
  const limit = Number.MAX_SAFE_INTEGER;
  const named: Record<string, OptionType> = {
    unsigned: basic.intBetween("unsignedInt", 0, limit),
    positive: basic.intBetween("positiveInt", 1, limit),
  };
  for (const bits of [8, 16, 32]) {
    named[`u${bits}`] = basic.intBetween(`unsignedInt${bits}`, 0, 2 ** bits - 1);
    named[`s${bits}`] = basic.intBetween(`signedInt${bits}`, -(2 ** (bits - 1)), 2 ** (bits - 1) - 1);
  }
  return ranges(named, (low, high) => basic.intBetween("intBetween", low, high));
}

function numbers(): NixAttrs {
  const named = {
    nonnegative: basic.numberBetween("numberNonnegative", 0, Number.POSITIVE_INFINITY),
    positive: basic.numberBetween("numberPositive", Number.MIN_VALUE, Number.POSITIVE_INFINITY),
  };
  return ranges(named, (low, high) => basic.numberBetween("numberBetween", low, high));
}

function ranges(named: Record<string, OptionType>, between: (low: number, high: number) => OptionType): NixAttrs {
  const cells = new Map(Object.entries(named).map(([name, type]) => [name, Cell.of(new TypeAttrs(type) as Value)]));
  const make = (low: Cell) =>
    new NixFunction((high) => new TypeAttrs(between(Number(look(low)), Number(look(high)))), "types.between");
  cells.set("between", Cell.of(new NixFunction(make, "types.between")));
  return new NixAttrs(cells);
}
