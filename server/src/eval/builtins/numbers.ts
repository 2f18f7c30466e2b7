import { type BuiltinDefinition, type Call, typeError } from "../builtin.ts";
import { integer, integerOf } from "../coerce.ts";
import { arithmetic, lessThan } from "../operators.ts";
import type { Site } from "../origin.ts";
import { type Cell, NixFloat, typeName, Unknown, type Value } from "../value.ts";

/** Builtins on numbers. */
export const numberBuiltins: readonly BuiltinDefinition[] = [
  { name: "add", arity: 2, body: (args, call) => calculate("+", args, call) },
  { name: "sub", arity: 2, body: (args, call) => calculate("-", args, call) },
  { name: "mul", arity: 2, body: (args, call) => calculate("*", args, call) },
  { name: "div", arity: 2, body: (args, call) => calculate("/", args, call) },
  { name: "lessThan", arity: 2, body: ([a, b], { at }) => lessThan(a!.force(), b!.force(), at) },
  { name: "bitAnd", arity: 2, body: (args, call) => bits(args, call, (a, b) => a & b) },
  { name: "bitOr", arity: 2, body: (args, call) => bits(args, call, (a, b) => a | b) },
  { name: "bitXor", arity: 2, body: (args, call) => bits(args, call, (a, b) => a ^ b) },
  { name: "ceil", arity: 1, body: ([value], call) => round(value!, Math.ceil, call) },
  { name: "floor", arity: 1, body: ([value], call) => round(value!, Math.floor, call) },
];

function calculate(operator: "+" | "-" | "*" | "/", args: readonly Cell[], call: Call): Value {
  const [left, right] = args as [Cell, Cell];
  return arithmetic(operator, left.force(), right.force(), call.at as Site);
}

function bits(args: readonly Cell[], call: Call, combine: (a: bigint, b: bigint) => bigint): Value {
  const a = BigInt(integerOf(args[0] as Cell, call.at));
  const b = BigInt(integerOf(args[1] as Cell, call.at));
  return integer(combine(a, b), call.at);
}

function round(cell: Cell, towards: (value: number) => number, call: Call): Value {
  const value = cell.force();
  if (value instanceof Unknown || typeof value === "number" || typeof value === "bigint") return value;
  if (!(value instanceof NixFloat)) throw typeError(`value is ${typeName(value)} while a float was expected`, call);
  const rounded = towards(value.value);
  if (!Number.isFinite(rounded)) throw typeError("the number does not fit an integer", call);
  return integer(BigInt(rounded), call.at);
}
