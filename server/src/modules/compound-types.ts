import { functionOf } from "../eval/coerce.ts";
import { Cell, NixAttrs, NixFunction, NixList, register, Unknown, type Value } from "../eval/value.ts";
import { unspecified } from "./basic-types.ts";
import { mergeAttrs } from "./merge-collection.ts";
import { certainty, givenValue, mergeOne } from "./merge-scalar.ts";
import type { Definition } from "./option-node.ts";
import type { MergeContext, OptionType } from "./option-type.ts";

export function nullOr(inner: OptionType): OptionType {
  return {
    name: "nullOr",
    description: `null or ${inner.description}`,
    check: (value) => value === null || inner.check(value),
    merge(definitions, context) {
      const some = definitions.filter((definition) => givenValue(definition) !== null);
      if (some.length === 0) {
        const certain = certainty(definitions);
        return certain === true ? null : certain.reason;
      }
      const none = definitions.filter((definition) => givenValue(definition) === null);
      const isConflict = [none, some].every((group) =>
        group.some((one) => one.condition === true && !(givenValue(one) instanceof Unknown)),
      );
      if (isConflict) {
        context.report({
          kind: "conflict",
          place: some[0]?.place,
          message: `\`${context.path.join(".")}\` is null in one place and has a value in another.`,
        });
      }
      const doubt = [...none, ...some].find((definition) => definition.condition !== true)?.condition;
      if (none.length > 0 && !isConflict && doubt instanceof Unknown) return doubt.reason;
      return context.mergeInner(inner, context.path, some).force();
    },
    empty: () => null,
    join: (other) => (other.name === "nullOr" && other.inner ? mapJoin(inner, other.inner, nullOr) : undefined),
    inner,
  };
}

function mapJoin(a: OptionType, b: OptionType, make: (inner: OptionType) => OptionType): OptionType | undefined {
  const joined = a.join?.(b) ?? (a.name === b.name ? a : undefined);
  return joined && make(joined);
}

export function either(first: OptionType, second: OptionType): OptionType {
  return {
    name: "either",
    description: `${first.description} or ${second.description}`,
    check: (value) => {
      const a = first.check(value);
      return a === true ? true : a === false ? second.check(value) : a;
    },
    merge(definitions, context) {
      const chosen = choose(first, second, definitions);
      if (chosen instanceof Unknown) return chosen;
      if (chosen) return context.mergeInner(chosen, context.path, definitions).force();
      context.report({
        kind: "conflict",
        place: definitions[1]?.place,
        message: `\`${context.path.join(".")}\` is defined with values of different types.`,
      });
      return new Unknown("it is defined with values of different types", definitions[1]?.place);
    },
  };
}

/**
 * The type of `either` that the definitions fit, why that cannot be told, or undefined when there is none. Doubtful
 * definitions that the certain ones exclude do not count: both together could not be built.
 */
function choose(
  first: OptionType,
  second: OptionType,
  definitions: readonly Definition[],
): OptionType | Unknown | undefined {
  const values = definitions.map(givenValue);
  // One value that nobody can see is passed on as it is, with what is known of its text.
  if (values.length === 1 && values[0] instanceof Unknown) return values[0];
  const suits = (type: OptionType, among: readonly Value[], answer: boolean) =>
    among.every((value) => type.check(value) === answer);
  if (suits(first, values, true)) return first;
  if (suits(second, values, true) && suits(first, values, false)) return second;
  const certain = definitions.filter((one) => one.condition === true).map(givenValue);
  const known = certain.filter((value) => !(value instanceof Unknown));
  const isNot = (type: OptionType) => known.some((value) => type.check(value) === false);
  if (isNot(first)) return isNot(second) ? undefined : second;
  if (isNot(second)) return first;
  if (values.length === known.length) return second;
  const doubt = definitions.find((one) => one.condition !== true)?.condition as Unknown | undefined;
  return (doubt ?? (values.find((value) => value instanceof Unknown) as Unknown)).reason;
}

/** Values of one type are turned into another before merging. */
export function coercedTo(from: OptionType, convert: Cell, to: OptionType): OptionType {
  const coerce = (definition: Definition): Definition => {
    const fits = from.check(givenValue(definition));
    if (fits !== true) return definition;
    const cell = Cell.lazy(() => functionOf(convert)(definition.cell), definition.cell.slot);
    return { ...definition, cell };
  };
  return {
    name: "coercedTo",
    description: `${to.description} or ${from.description} convertible to it`,
    check: (value) => {
      const a = from.check(value);
      return a === true ? true : to.check(value);
    },
    merge: (definitions, context) => context.mergeInner(to, context.path, definitions.map(coerce)).force(),
    empty: to.empty,
    inner: to,
  };
}

export interface SubmoduleOptions {
  readonly modules: readonly Cell[];
  /** Asked for when a submodule is merged, so that it may depend on the configuration around. */
  readonly specialArgs?: () => ReadonlyMap<string, Cell>;
  readonly shorthandOnlyDefinesConfig?: boolean;
  readonly open?: boolean;
}

export function submodule(options: SubmoduleOptions): OptionType {
  const shorthand = options.shorthandOnlyDefinesConfig ?? false;
  const type: SubmoduleType = {
    name: "submodule",
    description: "submodule",
    options,
    check: (value) =>
      value instanceof Unknown ? value : value instanceof NixAttrs || value instanceof NixFunction || isPath(value),
    merge: (definitions, context) => {
      const set = context.submodule({
        path: context.path,
        modules: options.modules,
        definitions,
        specialArgs: options.specialArgs?.() ?? new Map(),
        shorthandOnlyDefinesConfig: shorthand,
        name: context.path.at(-1) ?? "",
        open: options.open ?? false,
      });
      register.origin = definitions[0]?.cell.origin;
      return set;
    },
    empty: (context) => type.merge([], context),
    join: (other) => {
      const theirs = (other as Partial<SubmoduleType>).options;
      return other.name === "submodule" && theirs
        ? submodule({
            ...options,
            modules: [...options.modules, ...theirs.modules],
            specialArgs: () => new Map([...(options.specialArgs?.() ?? []), ...(theirs.specialArgs?.() ?? [])]),
          })
        : undefined;
    },
  };
  return type;
}

interface SubmoduleType extends OptionType {
  readonly options: SubmoduleOptions;
}

/** What is imported as a file: a path, or the absolute path in a text that a flake's folder and a name make. */
function isPath(value: Value): boolean {
  if (typeof value === "string") return value.startsWith("/");
  return typeof value === "object" && value !== null && "path" in value;
}

/** Sets of exactly one of several attributes, each with a type of its own. */
export function attrTag(tags: ReadonlyMap<string, OptionType>): OptionType {
  const names = [...tags.keys()].map((name) => `\`${name}\``).join(", ");
  return {
    name: "attrTag",
    description: `attribute set with one of ${names}`,
    check: (value) => {
      if (value instanceof Unknown) return value;
      if (!(value instanceof NixAttrs)) return false;
      if (value.open) return value.open;
      const [tag, ...others] = value.names();
      return tag !== undefined && others.length === 0 && tags.has(tag);
    },
    merge(definitions, context) {
      const merged = mergeAttrs(definitions, (name) => tags.get(name) ?? unspecified, context);
      if (merged.names().length < 2) return merged;
      context.report({
        kind: "conflict",
        place: definitions[1]?.place,
        message: `\`${context.path.join(".")}\` takes one of ${names}, but several are given.`,
      });
      return new Unknown("it is given several of its attributes", definitions[1]?.place);
    },
  };
}

/** Modules kept for later (`{ imports = [ … ]; }`), as dendritic repositories pass them around. */
export function deferredModule(staticModules: readonly Cell[] = []): OptionType {
  return {
    name: "deferredModule",
    description: "module",
    check: (value) =>
      value instanceof Unknown ? value : value instanceof NixAttrs || value instanceof NixFunction || isPath(value),
    merge(definitions) {
      return importsOf([...staticModules, ...definitions.map((definition) => definition.cell)]);
    },
    empty: () => importsOf(staticModules),
  };
}

function importsOf(modules: readonly Cell[]): NixAttrs {
  return NixAttrs.of({ imports: Cell.of(NixList.of(modules)) });
}

/** A type whose value check is refined by a user's function; merging stays as it was. */
export function checked(
  inner: OptionType,
  predicate: (value: Value) => boolean | Unknown,
  name = inner.name,
): OptionType {
  return {
    ...inner,
    name,
    check: (value) => {
      const fits = inner.check(value);
      return fits === true ? predicate(value) : fits;
    },
  };
}

/** `types.uniq` / `types.unique`: one definition only. */
export function unique(inner: OptionType): OptionType {
  return {
    ...inner,
    name: "unique",
    merge: (definitions, context: MergeContext) =>
      definitions.length > 1
        ? mergeOne(definitions, context)
        : context.mergeInner(inner, context.path, definitions).force(),
  };
}
