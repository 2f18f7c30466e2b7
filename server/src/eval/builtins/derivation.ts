import { sha256 } from "@noble/hashes/sha2.js";
import { type BuiltinDefinition, type Call, typeError } from "../builtin.ts";
import { attrsOf, cellsOf, stringOf } from "../coerce.ts";
import { jsonText } from "../json.ts";
import { Cell, NixAttrs, NixList, Unknown, UnknownSignal, type Value } from "../value.ts";
import { encodeHash } from "./hash-formats.ts";

/**
 * `derivation`: the set it gives, with store paths that stand for the real ones. They are the same for the same
 * arguments and differ for others, so that comparing derivations works; nothing is ever looked up below them.
 */
export const derivationBuiltins: readonly BuiltinDefinition[] = [
  { name: "derivation", arity: 1, body: ([attrs], call) => derivation(attrsOf(attrs!, call.at), call) },
];

const VALID_NAME = /^[A-Za-z0-9+._?=-]+$/;

function derivation(attrs: NixAttrs, call: Call): Value {
  const outputsCell = attrs.has("outputs") === true ? attrs.get("outputs") : undefined;
  const outputs = outputsCell ? cellsOf(outputsCell, call.at).map((cell) => stringOf(cell, call.at)) : ["out"];
  if (outputs.length === 0) throw typeError("a derivation needs an output", call);
  const paths = Cell.lazy(() => storePath(attrs, call));
  const common = new Map(attrs.names().map((name) => [name, attrs.get(name) as Cell]));
  const made = new Map<string, Cell>();
  for (const output of outputs)
    made.set(
      output,
      Cell.lazy(() => outputSet(output)),
    );
  for (const [output, cell] of made) common.set(output, cell);
  common.set("all", Cell.of(NixList.of([...made.values()]), call.at));
  common.set("drvAttrs", Cell.of(attrs, call.at));

  function outputSet(output: string): Value {
    const suffix = output === "out" ? "" : `-${output}`;
    const own: [string, Cell][] = [
      ["outPath", Cell.lazy(() => extended(paths.force(), suffix))],
      ["drvPath", Cell.lazy(() => extended(paths.force(), ".drv"))],
      ["type", Cell.of("derivation", call.at)],
      ["outputName", Cell.of(output, call.at)],
    ];
    return new NixAttrs(new Map([...common, ...own]), attrs.open);
  }
  return (made.get(outputs[0] as string) as Cell).force();
}

function extended(path: Value, suffix: string): Value {
  return typeof path === "string" ? path + suffix : path;
}

function storePath(attrs: NixAttrs, call: Call): Value {
  for (const needed of ["name", "builder", "system"]) {
    if (attrs.has(needed) === false) throw typeError(`the derivation lacks the attribute '${needed}'`, call);
  }
  const nameCell = attrs.get("name");
  if (!nameCell) throw new UnknownSignal(attrs.open as Unknown);
  const name = nameCell.force();
  if (name instanceof Unknown) return name;
  const text = stringOf(nameCell, call.at);
  if (!VALID_NAME.test(text) || text.length > 211 || /^\.{1,2}(-|$)/.test(text) || text.endsWith(".drv")) {
    throw typeError(`'${text}' is no name for a derivation`, call);
  }
  const arguments_ = jsonText(withoutNulls(attrs));
  if (typeof arguments_ !== "string") return arguments_.unknown;
  const digest = encodeHash(sha256(new TextEncoder().encode(arguments_)).slice(0, 20), "nix32", "sha256");
  return `/nix/store/${digest}-${text}`;
}

/** With `__ignoreNulls`, attributes that are null are as if they were not there. */
function withoutNulls(attrs: NixAttrs): NixAttrs {
  if (attrs.get("__ignoreNulls")?.force() !== true) return attrs;
  const names = attrs.names().filter((name) => name !== "__ignoreNulls" && attrs.get(name)?.force() !== null);
  return new NixAttrs(new Map(names.map((name) => [name, attrs.get(name) as Cell])), attrs.open);
}
