import { type BuiltinDefinition, type Call, typeError } from "../builtin.ts";
import { coerceToString, integerOf, listOf, stringOf } from "../coerce.ts";
import type { Origin } from "../origin.ts";
import { joinText, type TextPart } from "../text.ts";
import { Cell, Maybe, NixAttrs, NixPath, register, Unknown, UnknownSignal, type Value } from "../value.ts";
import { byteLength, byteSlice, fromBytes, isAscii, rejoin, toBytes } from "./bytes.ts";
import { chargeText } from "./limits.ts";
import { type Stretch, slicedOrigin } from "./text-slice.ts";

/** Builtins on strings, string contexts included: ours never have one. */
export const stringBuiltins: readonly BuiltinDefinition[] = [
  { name: "toString", arity: 1, passes: true, body: toStringBuiltin },
  { name: "stringLength", arity: 1, body: ([text], { at }) => byteLength(coerced(text!, at)) },
  { name: "substring", arity: 3, passes: true, body: substring },
  { name: "concatStringsSep", arity: 2, passes: true, body: concatStringsSep },
  { name: "replaceStrings", arity: 3, passes: true, body: replaceStrings },
  {
    name: "hasContext",
    arity: 1,
    body: ([text], { at }) => {
      stringOf(text!, at);
      return false;
    },
  },
  {
    name: "getContext",
    arity: 1,
    body: ([text], { at }) => {
      stringOf(text!, at);
      return NixAttrs.of({});
    },
  },
  { name: "appendContext", arity: 2, passes: true, body: ([text], { at }) => stringOf(text!, at) },
  { name: "unsafeDiscardStringContext", arity: 1, passes: true, body: discardContext },
  { name: "unsafeDiscardOutputDependency", arity: 1, passes: true, body: discardContext },
  { name: "addDrvOutputDependencies", arity: 1, passes: true, body: discardContext },
];

/** A string argument, or something that interpolation accepts. */
function coerced(cell: Cell, at: Call["at"]): string {
  return coerceToString(cell.force(), false, at);
}

function toStringBuiltin(args: readonly Cell[], { at }: Call): Value {
  const value = (args[0] as Cell).force();
  // A string with unknown stretches stays one; its known parts are still worth having.
  if (typeof value === "string" || value instanceof Unknown) return value;
  if (!(value instanceof NixAttrs || value instanceof NixPath)) register.origin = at;
  const origin = register.origin;
  const text = coerceToString(value, true, at);
  if (!(value instanceof NixAttrs)) register.origin = origin;
  return text;
}

function discardContext(args: readonly Cell[], { at }: Call): Value {
  const value = (args[0] as Cell).force();
  return typeof value === "string" || value instanceof Unknown ? value : coerceToString(value, false, at);
}

function substring(args: readonly Cell[], call: Call): Value {
  const [startCell, lengthCell, textCell] = args as [Cell, Cell, Cell];
  const start = Number(integerOf(startCell, call.at));
  const length = Number(integerOf(lengthCell, call.at));
  const text = coerced(textCell, call.at);
  const source = register.origin;
  if (start < 0) throw typeError("'substring' cannot start before the text", call);
  const end = length < 0 ? Number.MAX_SAFE_INTEGER : start + length;
  if (isAscii(text)) {
    const cut = text.slice(start, end);
    register.origin = slicedOrigin(source, text.length, [{ from: start, to: start + cut.length }], call.at);
    return cut;
  }
  register.origin = call.at;
  return byteSlice(text, start, end);
}

function concatStringsSep(args: readonly Cell[], call: Call): Value {
  const [separatorCell, list] = args as [Cell, Cell];
  const separator = coerced(separatorCell, call.at);
  const separatorPart: TextPart = { value: separator, origin: register.origin };
  const parts: TextPart[] = [];
  let length = 0;
  const { items } = listOf(list, call.at);
  for (const [index, item] of items.entries()) {
    // Between lines that are known and others that are not, the line still ends; other separators may be missing.
    const isCertain = item instanceof Cell && items[index - 1] instanceof Cell;
    if (index > 0 && separator !== "" && (isCertain || separator.includes("\n"))) parts.push(separatorPart);
    const value = item instanceof Cell ? item.force() : item instanceof Maybe ? item.condition : item.unknown;
    if (typeof value === "string") {
      length += value.length + separator.length;
      chargeText(value.length, length, call.at);
    }
    parts.push({ value, origin: item instanceof Cell ? register.origin : undefined });
  }
  if (!call.at) return joinWithoutSite(parts);
  const joined = joinText(parts, call.at);
  return typeof joined === "string" ? rejoin(joined) : joined;
}

/** Calls from outside any file (tests, the tool itself) have no place to give the text. */
function joinWithoutSite(parts: readonly TextPart[]): Value {
  register.origin = undefined;
  return rejoin(parts.map((part) => ("value" in part ? coerceToString(part.value, false) : "")).join(""));
}

function replaceStrings(args: readonly Cell[], call: Call): Value {
  const [fromCell, toCell, textCell] = args as [Cell, Cell, Cell];
  const patterns = strings(fromCell, call);
  const replacements = listOf(toCell, call.at);
  if (!replacements.certain) throw new UnknownSignal(new Unknown("the list of replacements is not fully known"));
  if (patterns.length !== replacements.items.length) {
    throw typeError("'replaceStrings' needs two lists of the same length", call);
  }
  const text = stringOf(textCell, call.at);
  const source = register.origin;
  const replacement = (index: number) => stringOf(replacements.items[index] as Cell, call.at);
  // An empty pattern also matches between the bytes of one character.
  if (patterns.includes("") && !isAscii(text)) {
    const result = replaceIn(toBytes(text), patterns.map(toBytes), (index) => toBytes(replacement(index)), call);
    register.origin = call.at;
    return fromBytes(result.text);
  }
  const result = replaceIn(text, patterns, replacement, call);
  register.origin = slicedOrigin(source as Origin | undefined, text.length, result.stretches, call.at);
  return result.text;
}

function strings(list: Cell, call: Call): string[] {
  const { items, certain } = listOf(list, call.at);
  if (!certain) throw new UnknownSignal(new Unknown("the list of patterns is not fully known"));
  return items.map((item) => stringOf(item as Cell, call.at));
}

function replaceIn(
  text: string,
  patterns: readonly string[],
  replacement: (index: number) => string,
  call: Call,
): { text: string; stretches: Stretch[] } {
  const out: string[] = [];
  const stretches: Stretch[] = [];
  const known = new Map<number, string>();
  let kept = 0;
  let length = 0;
  const keep = (to: number) => {
    if (to <= kept) return;
    out.push(text.slice(kept, to));
    stretches.push({ from: kept, to });
    length += to - kept;
  };
  for (let at = 0; at <= text.length; ) {
    const index = patterns.findIndex((pattern) => text.startsWith(pattern, at));
    if (index < 0) {
      at++;
      continue;
    }
    keep(at);
    const fresh = known.get(index) ?? replacement(index);
    known.set(index, fresh);
    out.push(fresh);
    stretches.push({ fresh: fresh.length });
    length += fresh.length;
    chargeText(fresh.length, length, call.at);
    const pattern = patterns[index] as string;
    kept = at + pattern.length;
    at += Math.max(pattern.length, 1);
  }
  keep(text.length);
  return { text: out.join(""), stretches };
}
