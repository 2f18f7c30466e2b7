import { parse, TomlDate, TomlError } from "smol-toml";
import { type BuiltinDefinition, type Call, typeError } from "../builtin.ts";
import { integer, stringOf } from "../coerce.ts";
import { NixError } from "../nix-error.ts";
import { placeOf } from "../origin.ts";
import { Cell, NixAttrs, NixFloat, NixList, type Value } from "../value.ts";
import { chargeElements } from "./limits.ts";

/** `fromTOML`. */
export const tomlBuiltins: readonly BuiltinDefinition[] = [
  { name: "fromTOML", arity: 1, body: ([text], call) => fromToml(parseToml(stringOf(text!, call.at), call), call) },
];

function parseToml(text: string, { at }: Call): unknown {
  try {
    // Integers come as bigints, so that `1` and `1.0` stay apart.
    return parse(text, { integersAsBigInt: true });
  } catch (error) {
    if (error instanceof TomlError) {
      const problem = error.message.split("\n", 1)[0];
      throw new NixError("other", `this is not valid TOML: ${problem} in line ${error.line}`, at && placeOf(at));
    }
    throw error;
  }
}

function fromToml(data: unknown, call: Call): Value {
  if (typeof data === "string") return withoutNul(data, call);
  if (typeof data === "boolean") return data;
  if (typeof data === "bigint") return integer(data, call.at);
  if (typeof data === "number") return new NixFloat(data);
  if (data instanceof TomlDate) throw typeError("dates and times are not supported in TOML", call);
  chargeElements(1, call.at);
  const cell = (value: unknown) => Cell.of(fromToml(value, call), call.at);
  if (Array.isArray(data)) return NixList.of(data.map(cell));
  return new NixAttrs(
    new Map(Object.entries(data as object).map(([name, value]) => [withoutNul(name, call), cell(value)])),
  );
}

function withoutNul(text: string, call: Call): string {
  if (text.includes("\0")) throw typeError("a text cannot hold the character \\u0000", call);
  return text;
}
