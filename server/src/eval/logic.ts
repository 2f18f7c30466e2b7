import { afterDoubt } from "./doubt.ts";
import { NixError } from "./nix-error.ts";
import { placeOf, type Site } from "./origin.ts";
import { typeName, Unknown, type Value } from "./value.ts";

/** `&&` and `||` with three values: the deciding value decides even when the other side is unknown. */
export function logic(left: Value, right: () => Value, decisive: boolean, site: Site): Value {
  const a = asBoolean(left, site);
  if (a === decisive) return decisive;
  if (a instanceof Unknown) {
    const b = afterDoubt(a, right);
    return b === decisive ? decisive : a;
  }
  return asBoolean(right(), site);
}

/** The value as a truth value; anything else but Unknown is an error. */
export function asBoolean(value: Value, site: Site): boolean | Unknown {
  if (typeof value === "boolean") return value;
  if (value instanceof Unknown) return value.reason;
  throw notBoolean(value, site);
}

export function notBoolean(value: Value, site: Site): NixError {
  return new NixError("type", `value is ${typeName(value)} while a Boolean was expected`, placeOf(site));
}
