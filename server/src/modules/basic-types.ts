import { functionOf } from "../eval/coerce.ts";
import { joinText } from "../eval/text.ts";
import {
  Cell,
  NixAttrs,
  NixFloat,
  NixFunction,
  NixList,
  NixPath,
  register,
  Unknown,
  type Value,
} from "../eval/value.ts";
import { mergeAttrs, mergeLists } from "./merge-collection.ts";
import { certainty, givenValue, mergeEqual, mergeOne } from "./merge-scalar.ts";
import type { Definition } from "./option-node.ts";
import type { MergeContext, OptionType } from "./option-type.ts";

type Check = (value: Value) => boolean;

/** Types whose definitions must all be equal. */
export function scalar(name: string, description: string, check: Check): OptionType {
  return { name, description, check: (value) => (value instanceof Unknown ? value : check(value)), merge: mergeEqual };
}

const isInteger: Check = (value) => typeof value === "number" || typeof value === "bigint";
const isString: Check = (value) => typeof value === "string";
const isNumber: Check = (value) => isInteger(value) || value instanceof NixFloat;

export const bool = scalar("bool", "boolean", (value) => typeof value === "boolean");
export const int = scalar("int", "signed integer", isInteger);
export const float = scalar("float", "floating point number", (value) => value instanceof NixFloat);
export const number = scalar("number", "signed integer or floating point number", isNumber);
export const str = scalar("str", "string", isString);
export const singleLineStr = scalar(
  "singleLineStr",
  "single-line string",
  (value) => isString(value) && !String(value).replace(/\n$/, "").includes("\n"),
);
export const nonEmptyStr = scalar(
  "nonEmptyStr",
  "non-empty string",
  (value) => isString(value) && String(value).trim() !== "",
);
export const path = scalar("path", "absolute path", (value) => isPathLike(value));
export const package_ = scalar("package", "package", (value) => value instanceof NixAttrs || isPathLike(value));

function isPathLike(value: Value): boolean {
  if (value instanceof NixPath) return true;
  if (typeof value === "string") return value.startsWith("/");
  return value instanceof NixAttrs && (value.has("outPath") !== false || value.has("__toString") !== false);
}

function isFunctor(value: Value): boolean {
  return value instanceof NixAttrs && value.has("__functor") !== false;
}

/** Whole numbers from `low` to `high`, both included. */
export function intBetween(name: string, low: number, high: number): OptionType {
  return scalar(
    name,
    `integer between ${low} and ${high}`,
    (value) => isInteger(value) && Number(value) >= low && Number(value) <= high,
  );
}

export function numberBetween(name: string, low: number, high: number): OptionType {
  return scalar(name, `number between ${low} and ${high}`, (value) => {
    const plain = value instanceof NixFloat ? value.value : Number(value);
    return isNumber(value) && plain >= low && plain <= high;
  });
}

/** Strings joined by a separator, in definition order, with provenance of every part. */
export function separated(name: string, separator: string): OptionType {
  return {
    name,
    description: separator === "\n" ? "strings concatenated with newlines" : `strings concatenated with "${separator}"`,
    check: (value) => (value instanceof Unknown ? value : isString(value)),
    merge: (definitions) => joinDefinitions(definitions, separator),
  };
}

/** Also used for undeclared options that several modules give text to. */
export function joinDefinitions(definitions: readonly Definition[], separator: string): Value {
  const first = definitions[0] as Definition;
  if (definitions.length === 1) {
    const value = givenValue(first);
    return first.condition === true ? value : doubtful(value, first.condition);
  }
  const site = {
    file: first.file,
    expr: first.cell.slot?.site.expr ?? { kind: "error", message: "", start: 0, end: 0 },
  } as const;
  const parts = definitions.map((definition) => {
    const value = givenValue(definition);
    const origin = register.origin;
    return { value: definition.condition === true ? value : doubtful(value, definition.condition), origin };
  });
  return joinText(parts, site, separator);
}

/** Text that may be absent: Unknown, but still readable as partial text. */
function doubtful(value: Value, condition: Unknown): Value {
  const partial = typeof value === "string" ? { text: value, holes: [], origin: register.origin } : undefined;
  return value instanceof Unknown ? value : new Unknown(condition.why, condition.place, { partial });
}

export function enumeration(values: readonly Value[]): OptionType {
  const shown = values.map((value) => (typeof value === "string" ? `"${value}"` : String(value)));
  const type: OptionType = {
    ...scalar("enum", `one of ${shown.join(", ")}`, (value) => values.includes(value)),
    join: (other) =>
      other.name === "enum" ? enumeration([...values, ...((other as EnumType).values ?? [])]) : undefined,
  };
  return Object.assign(type, { values });
}
interface EnumType extends OptionType {
  readonly values?: readonly Value[];
}

export function listOf(element: OptionType | undefined, nonEmpty = false): OptionType {
  return {
    name: nonEmpty ? "nonEmptyListOf" : "listOf",
    description: `list of ${element?.description ?? "values"}`,
    check: (value) => (value instanceof Unknown ? value : value instanceof NixList),
    merge: (definitions, context) => mergeLists(definitions, element, context),
    empty: () => NixList.of([]),
    join: (other) => {
      if (!other.name.endsWith("istOf")) return undefined;
      return joinInner(element, other.inner, (inner) => listOf(inner, nonEmpty));
    },
    inner: element,
  };
}

export function attrsOf(element: OptionType, name = "attrsOf"): OptionType {
  return {
    name,
    description: `attribute set of ${element.description}`,
    check: (value) => (value instanceof Unknown ? value : value instanceof NixAttrs),
    merge: (definitions, context) => mergeAttrs(definitions, element, context),
    empty: () => new NixAttrs(new Map()),
    join: (other) =>
      other.name === name ? joinInner(element, other.inner, (inner) => attrsOf(inner, name)) : undefined,
    inner: element,
  };
}

function joinInner(a: OptionType | undefined, b: OptionType | undefined, make: (inner: OptionType) => OptionType) {
  if (!a || !b) return undefined;
  const joined = a.join?.(b) ?? (a.name === b.name ? a : undefined);
  return joined && make(joined);
}

/** Functions, whose results for one argument are merged. */
export function functionTo(result: OptionType): OptionType {
  return {
    name: "functionTo",
    description: `function that returns ${result.description}`,
    check: (value) => (value instanceof Unknown ? value : value instanceof NixFunction || isFunctor(value)),
    merge: (definitions, context) =>
      new NixFunction((arg) => {
        const results = definitions.map((definition) => {
          const cell = Cell.lazy(() => functionOf(definition.cell)(arg), definition.cell.slot);
          return { ...definition, cell };
        });
        return context.mergeInner(result, [...context.path, "<function body>"], results).force();
      }, "functionTo"),
    inner: result,
  };
}

/** Accepts anything once. */
export const raw: OptionType = { name: "raw", description: "raw value", check: () => true, merge: mergeOne };
export const unspecified: OptionType = {
  name: "unspecified",
  description: "unspecified value",
  check: () => true,
  merge: mergeFree,
};

/** `types.anything`: sets are joined name by name, everything else must agree. */
export const anything: OptionType = {
  name: "anything",
  description: "anything",
  check: () => true,
  merge(definitions, context) {
    const values = definitions.map(givenValue);
    if (values.every((value) => value instanceof NixAttrs && value.has("type") === false)) {
      return mergeAttrs(definitions, anything, context);
    }
    if (values.length > 1 && values.every((value) => value instanceof NixFunction)) {
      return functionTo(anything).merge(definitions, context);
    }
    if (values.every((value) => value instanceof NixList) && definitions.length === 1) {
      return mergeLists(definitions, anything, context);
    }
    return mergeEqual(definitions, context);
  },
};

/** `types.attrs`: later definitions win, one level deep. */
export const attrs: OptionType = {
  name: "attrs",
  description: "attribute set",
  check: (value) => (value instanceof Unknown ? value : value instanceof NixAttrs),
  merge(definitions, context) {
    const [only] = definitions;
    if (!only || definitions.length > 1 || only.condition !== true) return mergeAttrs(definitions, lastWins, context);
    // One definition is the value, with all that is known of it beside its names: that it is a host, for one.
    const value = givenValue(only);
    register.origin = only.cell.origin;
    return value;
  },
  empty: () => new NixAttrs(new Map()),
};

const lastWins: OptionType = {
  name: "lastWins",
  description: "value",
  check: () => true,
  merge(definitions) {
    const last = definitions.at(-1) as Definition;
    const value = givenValue(last);
    return last.condition === true ? value : new Unknown(last.condition.why, last.condition.place);
  },
};

/** nixpkgs' mergeDefaultOption: what undeclared structure merges like. */
export function mergeFree(definitions: readonly Definition[], context: MergeContext): Value {
  const values = definitions.map(givenValue);
  if (definitions.length === 1 && definitions[0]?.condition === true) {
    register.origin = definitions[0].cell.origin;
    return values[0] as Value;
  }
  if (values.every((value) => value instanceof NixList)) return mergeLists(definitions, undefined, context);
  if (values.every((value) => value instanceof NixAttrs)) return mergeAttrs(definitions, lastWins, context);
  if (values.every((value) => typeof value === "boolean") && certainty(definitions) === true)
    return values.includes(true);
  if (values.every((value) => typeof value === "string")) return joinDefinitions(definitions, "");
  return mergeEqual(definitions, context);
}
