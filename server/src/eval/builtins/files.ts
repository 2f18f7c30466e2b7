import { encryptedWith } from "../../syntax/encrypted.ts";
import { type BuiltinDefinition, type Call, typeError, unknown } from "../builtin.ts";
import { attrsOf, coerceToString } from "../coerce.ts";
import { normalisePath, parentPath } from "../path-name.ts";
import { Cell, NixAttrs, register, type Value } from "../value.ts";
import { chargeElements } from "./limits.ts";

/** Builtins that look at files: those of the workspace. Of everything else not even the existence is known. */
export const fileBuiltins: readonly BuiltinDefinition[] = [
  {
    name: "import",
    arity: 1,
    passes: true,
    body: ([path], call) => call.world.importFile(pathOf(path!, call), call.at),
  },
  {
    name: "pathExists",
    arity: 1,
    body: ([cell], call) => {
      const value = cell!.force();
      const path = covered(pathOf(cell!, call), call);
      const kind = call.world.files.kind(path);
      // A slash at the end asks for a directory.
      const needsDirectory = typeof value === "string" && /\/\.{0,2}\/*$/.test(value);
      return needsDirectory && kind === "regular" ? false : kind !== undefined;
    },
  },
  {
    name: "scopedImport",
    arity: 2,
    passes: true,
    body: ([names, path], call) => call.world.importWith(attrsOf(names!, call.at), pathOf(path!, call), call.at),
  },
  { name: "readFile", arity: 1, body: ([path], call) => readFile(covered(pathOf(path!, call), call), call) },
  { name: "readDir", arity: 1, body: ([path], call) => readDir(covered(pathOf(path!, call), call), call) },
  {
    name: "readFileType",
    arity: 1,
    body: ([cell], call) => {
      const path = covered(pathOf(cell!, call), call);
      // A symlink is one, whatever it leads to; only the folder around tells.
      const kind =
        call.world.files.list(parentPath(path))?.get(path.slice(path.lastIndexOf("/") + 1)) ??
        call.world.files.kind(path);
      if (!kind) throw typeError(`there is no file '${path}'`, call);
      return kind;
    },
  },
];

/** A path, an absolute path in a string, or a set with `outPath`. */
export function pathOf(cell: Cell, call: Call): string {
  const text = coerceToString(cell.force(), false, call.at);
  if (!text.startsWith("/")) throw typeError(`'${text}' is no absolute path`, call);
  return normalisePath(text);
}

function covered(path: string, call: Call): string {
  if (!call.world.files.covers(path)) unknown(`\`${path}\` lies outside the workspace`, call);
  return path;
}

/** The text of a file; what is read here has no place in a Nix file but the call. */
export function readFile(path: string, call: Call): string {
  const source = call.world.files.read(path);
  if ("text" in source) {
    const tool = encryptedWith(source.text);
    return tool === undefined ? source.text : unknown(`\`${path}\` is encrypted with ${tool}`, call);
  }
  if (call.world.files.kind(path) === undefined) throw typeError(`there is no file '${path}'`, call);
  return unknown(source.why, call);
}

function readDir(path: string, call: Call): Value {
  const entries = call.world.files.list(path);
  if (!entries) {
    if (call.world.files.kind(path) === "unknown") unknown(`\`${path}\` cannot be read`, call);
    throw typeError(`there is no directory '${path}'`, call);
  }
  chargeElements(entries.size, call.at);
  register.origin = call.at;
  return new NixAttrs(new Map([...entries].map(([name, kind]) => [name, Cell.of(kind, call.at)])));
}
