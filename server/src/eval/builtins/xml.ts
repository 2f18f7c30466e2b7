import { budget } from "../budget.ts";
import type { BuiltinDefinition, Call } from "../builtin.ts";
import {
  Cell,
  NixAttrs,
  NixFloat,
  type NixFunction,
  NixList,
  NixPath,
  Unknown,
  UnknownSignal,
  type Value,
} from "../value.ts";
import { uncertainty } from "./calls.ts";

/** `toXML`. */
export const xmlBuiltins: readonly BuiltinDefinition[] = [
  {
    name: "toXML",
    arity: 1,
    body: ([value], call) =>
      ["<?xml version='1.0' encoding='utf-8'?>", "<expr>", ...lines(value!.force(), "  ", call), "</expr>", ""].join(
        "\n",
      ),
  },
];

function lines(value: Value, indent: string, call: Call): string[] {
  if (value instanceof Unknown) throw new UnknownSignal(value);
  if (value === null) return [`${indent}<null />`];
  if (typeof value === "string") return [`${indent}<string value="${escapeXml(value)}" />`];
  if (typeof value === "boolean") return [`${indent}<bool value="${value}" />`];
  if (typeof value === "number" || typeof value === "bigint") return [`${indent}<int value="${value}" />`];
  if (value instanceof NixFloat) return [`${indent}<float value="${shortFloat(value.value)}" />`];
  if (value instanceof NixPath) return [`${indent}<path value="${escapeXml(value.path)}" />`];
  budget.enter();
  try {
    const inner = `${indent}  `;
    if (value instanceof NixList) return element("list", "", listLines(value, inner, call), indent);
    if (value instanceof NixAttrs) return element("attrs", "", attrLines(value, inner, call), indent);
    // Nix shows its own functions as if they were not evaluated.
    if (typeof value.origin === "string") return [`${indent}<unevaluated />`];
    return element("function", "", functionLines(value, inner), indent);
  } finally {
    budget.leave();
  }
}

function element(name: string, attributes: string, content: readonly string[], indent: string): string[] {
  return [`${indent}<${name}${attributes}>`, ...content, `${indent}</${name}>`];
}

function listLines(list: NixList, indent: string, call: Call): string[] {
  const doubt = uncertainty(list);
  if (doubt) throw new UnknownSignal(doubt);
  return list.items.flatMap((item) => (item instanceof Cell ? lines(item.force(), indent, call) : []));
}

function attrLines(set: NixAttrs, indent: string, call: Call): string[] {
  if (set.open) throw new UnknownSignal(set.open);
  return set.names().flatMap((name) => {
    const content = lines((set.get(name) as Cell).force(), `${indent}  `, call);
    return element("attr", ` name="${escapeXml(name)}"`, content, indent);
  });
}

function functionLines(fn: NixFunction, indent: string): string[] {
  const lambda = typeof fn.origin === "object" && fn.origin.expr.kind === "lambda" ? fn.origin.expr : undefined;
  const param = lambda?.param;
  if (!fn.formals) return param === undefined ? [] : [`${indent}<varpat name="${escapeXml(param)}" />`];
  const names = [...fn.formals.keys()].sort().map((name) => `${indent}  <attr name="${escapeXml(name)}" />`);
  const ellipsis = fn.ellipsis ? ' ellipsis="1"' : "";
  const whole = param === undefined ? "" : ` name="${escapeXml(param)}"`;
  return element("attrspat", ellipsis + whole, names, indent);
}

/** Six significant digits, as C++ streams print numbers. */
function shortFloat(value: number): string {
  const [digits, exponent] = value.toExponential(5).split("e") as [string, string];
  const power = Number(exponent);
  if (power < -5 || power >= 6) {
    const sign = power < 0 ? "-" : "+";
    return `${trimZeros(digits)}e${sign}${String(Math.abs(power)).padStart(2, "0")}`;
  }
  return trimZeros(value.toFixed(Math.max(0, 5 - power)));
}

function trimZeros(digits: string): string {
  return digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits;
}

function escapeXml(text: string): string {
  return text
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;")
    .replace(/\n/g, "&#xA;");
}
