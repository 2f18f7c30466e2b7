import { budget } from "./budget.ts";
import { callable, coerceToString } from "./coerce.ts";
import { NixError } from "./nix-error.ts";
import {
  Cell,
  type NixAttrs,
  NixFloat,
  NixFunction,
  NixList,
  NixPath,
  Unknown,
  UnknownSignal,
  type Value,
} from "./value.ts";

/**
 * A value as plain JavaScript data, forced to the bottom, or the first unknown part met. Integers beyond
 * 2^53 become the nearest number, as `JSON.parse` reads them. Errors of the program are thrown.
 */
export function toJson(from: Value | Cell): { json: unknown } | { unknown: Unknown } {
  return attempt(from, plainWriter, (json) => ({ json }));
}

/** The text that `builtins.toJSON` makes, or the first unknown part. */
export function jsonText(from: Value | Cell): string | { unknown: Unknown } {
  return attempt(from, textWriter, (text) => text);
}

/** How the parts of a JSON document are put together. */
interface Writer<T> {
  scalar(value: null | boolean | string): T;
  integer(value: number | bigint): T;
  float(value: number): T;
  list(items: T[]): T;
  set(entries: (readonly [name: string, value: T])[]): T;
}

const plainWriter: Writer<unknown> = {
  scalar: (value) => value,
  integer: Number,
  float: (value) => value,
  list: (items) => items,
  set: (entries) => Object.fromEntries(entries),
};

const textWriter: Writer<string> = {
  scalar: (value) => JSON.stringify(value),
  integer: String,
  float: floatText,
  list: (items) => `[${items.join(",")}]`,
  set: (entries) => `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(",")}}`,
};

/** A float always shows that it is one: `1.0`, not `1`. */
function floatText(value: number): string {
  if (!Number.isFinite(value)) return "null";
  const text = String(value).replace(/e([+-])(\d)$/, "e$10$2");
  return /[.e]/.test(text) ? text : `${text}.0`;
}

function attempt<T, R>(from: Value | Cell, writer: Writer<T>, answer: (written: T) => R): R | { unknown: Unknown } {
  try {
    return answer(write(from instanceof Cell ? from.force() : from, writer));
  } catch (error) {
    if (error instanceof UnknownSignal) return { unknown: error.unknown };
    throw error;
  }
}

function write<T>(value: Value, writer: Writer<T>): T {
  if (value === null || typeof value === "boolean" || typeof value === "string") return writer.scalar(value);
  if (typeof value === "number" || typeof value === "bigint") return writer.integer(value);
  if (value instanceof NixFloat) return writer.float(value.value);
  if (value instanceof NixPath) return writer.scalar(value.path);
  if (value instanceof Unknown) throw new UnknownSignal(value);
  if (value instanceof NixFunction) throw new NixError("type", "a function cannot be written as JSON");
  budget.enter();
  try {
    return value instanceof NixList ? writeList(value, writer) : writeSet(value, writer);
  } finally {
    budget.leave();
  }
}

function writeList<T>(list: NixList, writer: Writer<T>): T {
  return writer.list(
    list.items.map((item) => {
      if (item instanceof Cell) return write(item.force(), writer);
      throw new UnknownSignal("condition" in item ? item.condition : item.unknown);
    }),
  );
}

function writeSet<T>(set: NixAttrs, writer: Writer<T>): T {
  const convert = set.has("__toString") === true ? set.get("__toString") : undefined;
  if (convert) {
    return write(coerceToString(callable(convert.force())(Cell.of(set)), false), writer);
  }
  const outPath = set.has("outPath") === true ? set.get("outPath") : undefined;
  if (outPath) return write(outPath.force(), writer);
  if (set.open) throw new UnknownSignal(set.open);
  return writer.set(set.names().map((name) => [name, write((set.get(name) as Cell).force(), writer)] as const));
}
