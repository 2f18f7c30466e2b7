import type { BuiltinDefinition, Call } from "../builtin.ts";
import { stringOf } from "../coerce.ts";
import { Cell, NixAttrs, NixList } from "../value.ts";

/** Builtins on version strings. */
export const versionBuiltins: readonly BuiltinDefinition[] = [
  {
    name: "compareVersions",
    arity: 2,
    body: ([a, b], { at }) => compareVersions(stringOf(a!, at), stringOf(b!, at)),
  },
  {
    name: "splitVersion",
    arity: 1,
    body: ([version], { at }) =>
      NixList.of(splitVersion(stringOf(version!, at)).map((component) => Cell.of(component, at))),
  },
  { name: "parseDrvName", arity: 1, body: ([name], call) => parseDrvName(stringOf(name!, call.at), call) },
];

/** Components are runs of digits and runs of anything else; `.` and `-` only separate. */
export function splitVersion(version: string): string[] {
  return version.match(/[0-9]+|[^0-9.-]+/g) ?? [];
}

/** -1, 0 or 1. A component that is missing sorts before numbers and after `pre`; `pre` sorts before everything. */
export function compareVersions(left: string, right: string): number {
  const a = splitVersion(left);
  const b = splitVersion(right);
  for (let i = 0; i < a.length || i < b.length; i++) {
    const one = a[i] ?? "";
    const other = b[i] ?? "";
    if (isEarlier(one, other)) return -1;
    if (isEarlier(other, one)) return 1;
  }
  return 0;
}

function isEarlier(a: string, b: string): boolean {
  const numberA = /^[0-9]+$/.test(a);
  const numberB = /^[0-9]+$/.test(b);
  if (numberA && numberB) return BigInt(a) < BigInt(b);
  if (a === "" && numberB) return true;
  if (a === "pre" && b !== "pre") return true;
  if (b === "pre") return false;
  // Letters come before numbers: 2.3a is before 2.3.1.
  if (numberB) return true;
  if (numberA) return false;
  return a < b;
}

/** The version starts after the first dash that no letter follows. */
function parseDrvName(text: string, { at }: Call): NixAttrs {
  const dash = text.search(/-[^A-Za-z]/);
  const name = dash < 0 ? text : text.slice(0, dash);
  const version = dash < 0 ? "" : text.slice(dash + 1);
  return NixAttrs.of({ name: Cell.of(name, at), version: Cell.of(version, at) });
}
