import { md5, sha1 } from "@noble/hashes/legacy.js";
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import { type BuiltinDefinition, type Call, typeError } from "../builtin.ts";
import { attrsOf, stringOf } from "../coerce.ts";
import { type Cell, type NixAttrs, UnknownSignal, type Value } from "../value.ts";
import { toBytes } from "./bytes.ts";
import { pathOf, readFile } from "./files.ts";
import { decodeHash, encodeHash, type HashFormat } from "./hash-formats.ts";

/** Builtins that hash text and rewrite hashes. */
export const hashBuiltins: readonly BuiltinDefinition[] = [
  {
    name: "hashString",
    arity: 2,
    body: ([kind, text], call) => digest(stringOf(kind!, call.at), stringOf(text!, call.at), call),
  },
  {
    name: "hashFile",
    arity: 2,
    body: ([kind, path], call) => digest(stringOf(kind!, call.at), readFile(pathOf(path!, call), call), call),
  },
  { name: "convertHash", arity: 1, body: convertHash },
];

const ALGORITHMS: Readonly<Record<string, { readonly bytes: number; hash(data: Uint8Array): Uint8Array }>> = {
  md5: { bytes: 16, hash: md5 },
  sha1: { bytes: 20, hash: sha1 },
  sha256: { bytes: 32, hash: sha256 },
  sha512: { bytes: 64, hash: sha512 },
};

function digest(kind: string, text: string, call: Call): Value {
  const algorithm = ALGORITHMS[kind];
  if (!algorithm) throw typeError(`unknown hash algorithm '${kind}'`, call);
  const bytes = Uint8Array.from(toBytes(text), (unit) => unit.charCodeAt(0));
  return encodeHash(algorithm.hash(bytes), "base16", kind);
}

const FORMATS: readonly string[] = ["base16", "nix32", "base32", "base64", "sri"] satisfies HashFormat[];

function convertHash(args: readonly Cell[], call: Call): Value {
  const set = attrsOf(args[0] as Cell, call.at);
  const given = stringOf(field(set, "hash") ?? missing("hash", call), call.at);
  const format = stringOf(field(set, "toHashFormat") ?? missing("toHashFormat", call), call.at);
  const [, prefix, rest] = /^([a-z0-9]+)[-:](.*)$/.exec(given) ?? [];
  const named = field(set, "hashAlgo");
  const kind = prefix ?? (named && stringOf(named, call.at));
  const algorithm = kind === undefined ? undefined : ALGORITHMS[kind];
  if (!algorithm || kind === undefined) throw typeError(`the algorithm of the hash '${given}' is not known`, call);
  const bytes = decodeHash(rest ?? given, algorithm.bytes);
  if (!bytes) throw typeError(`'${given}' is no ${kind} hash`, call);
  if (!FORMATS.includes(format)) throw typeError(`unknown hash format '${format}'`, call);
  return encodeHash(bytes, format as HashFormat, kind);
}

function field(set: NixAttrs, name: string): Cell | undefined {
  const cell = set.get(name);
  if (!cell && set.open) throw new UnknownSignal(set.open);
  return cell;
}

function missing(name: string, call: Call): never {
  throw typeError(`attribute '${name}' is missing`, call);
}
