import { NixError } from "../../../server/src/eval/nix-error.ts";
import {
  NixAttrs,
  NixFloat,
  NixFunction,
  NixList,
  NixPath,
  Unknown,
  type Value,
} from "../../../server/src/eval/value.ts";

/** An answer that has no text, because a part of it cannot be known. */
export class NoAnswer extends Error {
  readonly unknown: Unknown;
  constructor(unknown: Unknown) {
    super(unknown.why);
    this.unknown = unknown;
  }
}

/**
 * A value forced to the bottom, as `nix-instantiate --eval --strict` prints it. What contains itself is
 * printed once; an unknown part throws `NoAnswer`, an error in it is thrown itself.
 */
export function nixText(value: Value, seen = new Set<object>(), depth = 0): string {
  if (value === null) return "null";
  if (typeof value === "string") return quoted(value);
  if (typeof value !== "object") return String(value);
  if (value instanceof Unknown) throw value.error ?? new NoAnswer(value);
  if (value instanceof NixFloat) return shortFloat(value.value);
  if (value instanceof NixPath) return value.path;
  if (value instanceof NixFunction) {
    if (typeof value.origin !== "string") return "<LAMBDA>";
    return value.partiallyApplied ? "<PRIMOP-APP>" : "<PRIMOP>";
  }
  const isEmpty = value instanceof NixList ? value.items.length === 0 : value.names().length === 0;
  if (isEmpty && !(value instanceof NixAttrs && value.open)) return value instanceof NixList ? "[ ]" : "{ }";
  if (seen.has(value)) return "«repeated»";
  if (depth > MAX_DEPTH) throw new NixError("budget", "the value nests too deeply to be printed");
  seen.add(value);
  if (value instanceof NixList) {
    const items = value.items.map((item) => {
      if ("condition" in item) throw new NoAnswer(item.condition);
      if ("unknown" in item) throw new NoAnswer(item.unknown);
      return nixText(item.force(), seen, depth + 1);
    });
    return `[ ${items.join(" ")} ]`;
  }
  if (value.open) throw new NoAnswer(value.open);
  const entries = value
    .names()
    .map((name) => `${attributeName(name)} = ${nixText(value.get(name)?.force() ?? null, seen, depth + 1)}; `);
  return `{ ${entries.join("")}}`;
}

/** As deep as Nix calls functions; on a large stack deeper recursion takes minutes. */
const MAX_DEPTH = 10_000;

const KEYWORDS = new Set(["assert", "else", "if", "in", "inherit", "let", "or", "rec", "then", "with"]);

function attributeName(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_'-]*$/.test(name) && !KEYWORDS.has(name) ? name : quoted(name);
}

function quoted(text: string): string {
  const escaped = text
    .replace(/["\\]/g, "\\$&")
    .replace(/\n/g, "\\n")
    .replace(/\r/g, "\\r")
    .replace(/\t/g, "\\t")
    .replace(/\$\{/g, "\\${");
  return `"${escaped}"`;
}

/** Six significant digits, as C++ streams print. */
function shortFloat(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
  const [mantissa = "", exponent] = value.toPrecision(6).split("e");
  const digits = mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa;
  if (exponent === undefined) {
    const size = Math.abs(value);
    if (size !== 0 && size < 1e-4) return shortScientific(value);
    return digits;
  }
  return `${digits}e${exponent.replace(/^([+-])(\d)$/, "$10$2")}`;
}

function shortScientific(value: number): string {
  const [mantissa = "", exponent = ""] = value.toExponential(5).split("e");
  const digits = mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa;
  return `${digits}e${exponent.replace(/^([+-])(\d)$/, "$10$2")}`;
}
