import { budget } from "../budget.ts";
import { type BuiltinDefinition, type Call, typeError } from "../builtin.ts";
import { attrsOf, coerceToString, listOf } from "../coerce.ts";
import { catching } from "../doubt.ts";
import { NixError, type NixErrorKind } from "../nix-error.ts";
import { lessThan } from "../operators.ts";
import { placeOf } from "../origin.ts";
import {
  Cell,
  NixAttrs,
  NixFloat,
  NixFunction,
  NixList,
  NixPath,
  register,
  Unknown,
  UnknownSignal,
  type Value,
} from "../value.ts";
import { apply, uncertainty } from "./calls.ts";
import { chargeElements } from "./limits.ts";

/** Builtins that steer evaluation, raise errors, or ask what a value is. */
export const controlBuiltins: readonly BuiltinDefinition[] = [
  { name: "throw", arity: 1, body: ([message], call) => raise("throw", message!, call) },
  { name: "abort", arity: 1, body: ([message], call) => raise("abort", message!, call) },
  { name: "tryEval", arity: 1, body: tryEval },
  {
    name: "seq",
    arity: 2,
    passes: true,
    body: ([first, second]) => {
      first!.force();
      return second!.force();
    },
  },
  {
    name: "deepSeq",
    arity: 2,
    passes: true,
    body: ([first, second]) => {
      forceDeep(first!, new Set());
      return second!.force();
    },
  },
  { name: "trace", arity: 2, passes: true, body: ([, value]) => value!.force() },
  { name: "traceVerbose", arity: 2, passes: true, body: ([, value]) => value!.force() },
  { name: "warn", arity: 2, passes: true, body: ([, value]) => value!.force() },
  { name: "addErrorContext", arity: 2, passes: true, body: addErrorContext },
  { name: "break", arity: 1, passes: true, body: ([value]) => value!.force() },
  { name: "typeOf", arity: 1, body: ([value]) => typeOf(known(value!)) },
  { name: "isNull", arity: 1, body: ([value]) => known(value!) === null },
  { name: "isBool", arity: 1, body: ([value]) => typeOf(known(value!)) === "bool" },
  { name: "isInt", arity: 1, body: ([value]) => typeOf(known(value!)) === "int" },
  { name: "isFloat", arity: 1, body: ([value]) => typeOf(known(value!)) === "float" },
  { name: "isString", arity: 1, body: ([value]) => typeOf(known(value!)) === "string" },
  { name: "isPath", arity: 1, body: ([value]) => typeOf(known(value!)) === "path" },
  { name: "isList", arity: 1, body: ([value]) => typeOf(known(value!)) === "list" },
  { name: "isAttrs", arity: 1, body: ([value]) => typeOf(known(value!)) === "set" },
  { name: "isFunction", arity: 1, body: ([value]) => typeOf(known(value!)) === "lambda" },
  { name: "genericClosure", arity: 1, body: genericClosure },
];

function raise(kind: NixErrorKind, message: Cell, call: Call): never {
  throw new NixError(kind, errorText(message, call), call.at && placeOf(call.at));
}

/** More contexts than this help nobody. */
const MAX_CONTEXTS = 20;

function addErrorContext(args: readonly Cell[], call: Call): Value {
  const [message, value] = args as [Cell, Cell];
  try {
    return value.force();
  } catch (error) {
    if (error instanceof NixError && error.kind !== "budget" && error.contexts.length < MAX_CONTEXTS)
      error.contexts.push(errorText(message, call));
    throw error;
  }
}

/** The message of an error; that it cannot be told in full does not make the error less certain. */
function errorText(message: Cell, call: Call): string {
  try {
    return coerceToString(message.force(), false, call.at);
  } catch (error) {
    if (error instanceof UnknownSignal) return error.unknown.partial?.text ?? "an error is raised here";
    throw error;
  }
}

function tryEval(args: readonly Cell[], call: Call): Value {
  const cell = args[0] as Cell;
  catching.depth++;
  try {
    const value = cell.force();
    if (value instanceof Unknown) {
      // Whatever comes of it, the answer has both names, so that it replaces what is merged below it.
      const { reason } = value;
      return NixAttrs.of({ success: Cell.of(reason, call.at), value: Cell.of(reason, call.at) });
    }
    return NixAttrs.of({
      success: Cell.of(true, call.at),
      value: Cell.of(value, register.origin, cell.slot),
    });
  } catch (error) {
    if (error instanceof NixError && (error.kind === "throw" || error.kind === "assert")) {
      return NixAttrs.of({ success: Cell.of(false, call.at), value: Cell.of(false, call.at) });
    }
    throw error;
  } finally {
    catching.depth--;
  }
}

function forceDeep(cell: Cell, seen: Set<object>): void {
  const value = cell.force();
  if (!(value instanceof NixAttrs || value instanceof NixList) || seen.has(value)) return;
  seen.add(value);
  budget.enter();
  try {
    if (value instanceof NixAttrs) {
      for (const name of value.names()) forceDeep(value.get(name) as Cell, seen);
    } else {
      for (const item of value.items) if (item instanceof Cell) forceDeep(item, seen);
    }
  } finally {
    budget.leave();
  }
}

function known(cell: Cell): Value {
  const value = cell.force();
  if (!(value instanceof Unknown)) return value;
  // A text with unknown stretches is a string all the same.
  if (value.partial) return value.partial.text;
  throw new UnknownSignal(value);
}

function typeOf(value: Value): string {
  if (value === null) return "null";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "number" || typeof value === "bigint") return "int";
  if (typeof value === "string") return "string";
  if (value instanceof NixFloat) return "float";
  if (value instanceof NixPath) return "path";
  if (value instanceof NixList) return "list";
  return value instanceof NixFunction ? "lambda" : "set";
}

function genericClosure(args: readonly Cell[], call: Call): Value {
  const input = attrsOf(args[0] as Cell, call.at);
  const start = needed(input, "startSet", call);
  const operator = needed(input, "operator", call);
  const queue = [...certainCells(listOf(start, call.at))];
  const keys: Value[] = [];
  const result: Cell[] = [];
  for (let next = 0; next < queue.length; next++) {
    const item = queue[next] as Cell;
    const key = needed(attrsOf(item, call.at), "key", call).force();
    if (!insertKey(keys, key, call)) continue;
    result.push(item);
    const more = certainCells(listOf(Cell.of(apply(operator, [item], call.at)), call.at));
    chargeElements(more.length + 1, call.at, queue.length);
    queue.push(...more);
  }
  return NixList.of(result);
}

function certainCells(list: NixList): readonly Cell[] {
  const doubt = uncertainty(list);
  if (doubt) throw new UnknownSignal(doubt);
  return list.items as readonly Cell[];
}

function needed(set: NixAttrs, name: string, call: Call): Cell {
  const cell = set.get(name);
  if (cell) return cell;
  if (set.open) throw new UnknownSignal(set.open);
  throw typeError(`attribute '${name}' is missing`, call);
}

/** Keeps the keys sorted; false when the key is there already. */
function insertKey(keys: Value[], key: Value, call: Call): boolean {
  // With nothing to compare with, an unknown key would slip through.
  if (key instanceof Unknown) throw new UnknownSignal(key);
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isLess(keys[middle] as Value, key, call)) low = middle + 1;
    else high = middle;
  }
  if (low < keys.length && !isLess(key, keys[low] as Value, call)) return false;
  keys.splice(low, 0, key);
  return true;
}

function isLess(a: Value, b: Value, call: Call): boolean {
  const result = lessThan(a, b, call.at);
  if (result instanceof Unknown) throw new UnknownSignal(result);
  return result;
}
