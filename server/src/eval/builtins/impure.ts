import { type BuiltinDefinition, unknown } from "../builtin.ts";
import { attrsOf, coerceToString } from "../coerce.ts";
import { storePathOf } from "../path-name.ts";
import { type Cell, look, NixAttrs } from "../value.ts";

const STORE = "it needs the Nix store";
const NETWORK = "it is fetched from the network";
const BUILD = "it needs a build";

/** Builtins whose result lies outside the workspace: name, number of arguments, why nobody can tell here. */
const OUTSIDE: readonly (readonly [name: string, arity: number, why: string])[] = [
  ["derivationStrict", 1, BUILD],
  ["placeholder", 1, BUILD],
  ["outputOf", 2, BUILD],
  ["storePath", 1, STORE],
  ["filterSource", 2, STORE],
  ["fetchClosure", 1, NETWORK],
  ["fetchGit", 1, NETWORK],
  ["fetchMercurial", 1, NETWORK],
  ["fetchTarball", 1, NETWORK],
  ["fetchTree", 1, NETWORK],
  ["fetchurl", 1, NETWORK],
  ["getFlake", 1, NETWORK],
  ["getEnv", 1, "it is read from the environment of whoever builds the system"],
  ["findFile", 2, "it is looked up in the search path of whoever builds the system"],
  ["exec", 1, "it is the output of a program"],
  ["importNative", 2, "it is native code"],
  ["fetchFinalTree", 1, NETWORK],
  ["parseFlakeRef", 1, "flake references are not read here"],
  ["flakeRefToString", 1, "flake references are not written here"],
];

export const impureBuiltins: readonly BuiltinDefinition[] = [
  ...OUTSIDE.map(
    ([name, arity, why]): BuiltinDefinition => ({
      name,
      arity,
      body: ([given], call) => {
        const url = SOURCES.has(name) ? addressIn(given) : undefined;
        return (url === undefined ? undefined : call.world.fetched(url)) ?? unknown(why, call);
      },
    }),
  ),
  {
    name: "toFile",
    arity: 2,
    // A path that stands for the real one, as those of packages do.
    body: ([name], call) => storePathOf(coerceToString(look(name!), false, call.at)),
  },
  {
    name: "path",
    arity: 1,
    // A copy of all that is there is read where it is from, as `"${./folder}"` is; which files a filter leaves is not known.
    body: ([given], call) => {
      const source = attrsOf(given!, call.at);
      const path = source.get("path");
      if (!path || source.has("filter") !== false) return unknown(STORE, call);
      return coerceToString(look(path), false, call.at);
    },
  },
];

/** Of these, the folder that they fetch may be known by its address. */
const SOURCES = new Set(["fetchGit", "fetchTarball", "fetchTree", "getFlake"]);

/** `"https://…"`, `{ url = "…"; }` or `{ type = "github"; owner = "…"; repo = "…"; }`. */
function addressIn(given: Cell | undefined): string | undefined {
  const value = given && look(given);
  if (typeof value === "string") return value;
  if (!(value instanceof NixAttrs)) return undefined;
  const field = (name: string): string | undefined => {
    const cell = value.get(name);
    const text = cell && look(cell);
    return typeof text === "string" ? text : undefined;
  };
  const [type, owner, repo] = ["type", "owner", "repo"].map(field);
  return field("url") ?? (type && owner && repo ? `${type}:${owner}/${repo}` : undefined);
}
