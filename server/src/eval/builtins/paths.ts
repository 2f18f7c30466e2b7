import type { BuiltinDefinition, Call } from "../builtin.ts";
import { typeError } from "../builtin.ts";
import { coerceToString } from "../coerce.ts";
import { normalisePath } from "../path-name.ts";
import { type Cell, NixPath, register, type Value } from "../value.ts";
import { slicedOrigin } from "./text-slice.ts";

/** Builtins on path names; none of them looks at files. */
export const pathBuiltins: readonly BuiltinDefinition[] = [
  { name: "baseNameOf", arity: 1, passes: true, body: baseNameOf },
  { name: "dirOf", arity: 1, passes: true, body: dirOf },
  {
    name: "toPath",
    arity: 1,
    body: ([path], call) => {
      const text = coerceToString(path!.force(), false, call.at);
      if (!text.startsWith("/")) throw typeError(`'${text}' is no absolute path`, call);
      return normalisePath(text);
    },
  },
];

function baseNameOf(args: readonly Cell[], { at }: Call): Value {
  const text = coerceToString((args[0] as Cell).force(), false, at);
  const end = text.length > 1 && text.endsWith("/") ? text.length - 1 : text.length;
  const start = text.lastIndexOf("/", end - 1) + 1;
  register.origin = slicedOrigin(register.origin, text.length, [{ from: start, to: end }], at);
  return text.slice(start, end);
}

function dirOf(args: readonly Cell[], { at }: Call): Value {
  const value = (args[0] as Cell).force();
  const text = coerceToString(value, false, at);
  const slash = text.lastIndexOf("/");
  const directory = slash < 0 ? "." : slash === 0 ? "/" : text.slice(0, slash);
  const cut = slash > 0 ? [{ from: 0, to: slash }] : [{ fresh: directory.length }];
  register.origin = slicedOrigin(register.origin, text.length, cut, at);
  return value instanceof NixPath ? new NixPath(directory) : directory;
}
