import { type Cell, look, NixAttrs, type Value } from "../eval/value.ts";
import type { OptionNode } from "../modules/option-node.ts";
import type { Store } from "./host.ts";
import { childrenOf, setAt } from "./read-values.ts";

/** Options of a set that a module for stores declares. */
interface KnownOptions {
  /** Those that facts are made of. */
  readonly read: readonly string[];
  /** Those that change neither which paths a store holds nor where: how mounts look, what is logged, who is warned. */
  readonly harmless: readonly string[];
}

/** The sets that a store consists of: itself, its users, and the entries of its lists. */
export type StoreLevel = "store" | "user" | "entry";

/** Every option of the two modules, and what is made of it here. test/modules compares it with the modules themselves. */
export const STORE_OPTIONS: Readonly<Record<Store["module"], Readonly<Record<StoreLevel, KnownOptions>>>> = {
  impermanence: {
    store: {
      read: ["directories", "enable", "files", "persistentStoragePath", "removePrefixDirectory", "users"],
      harmless: [
        "allowOther",
        "allowTrash",
        "assertions",
        "defaultDirectoryMethod",
        "enableDebugging",
        "enableWarnings",
        "hideMounts",
      ],
    },
    user: {
      read: ["directories", "files", "home"],
      harmless: ["assertions"],
    },
    entry: {
      read: [
        "defaultPerms",
        "directory",
        "file",
        "group",
        "method",
        "mode",
        "parentDirectory",
        "persistentStoragePath",
        "user",
      ],
      harmless: ["allowTrash", "assertions", "enableDebugging", "hideMount"],
    },
  },
  preservation: {
    store: {
      read: ["directories", "files", "persistentStoragePath", "users"],
      harmless: ["commonMountOptions"],
    },
    user: {
      read: ["directories", "files", "home"],
      harmless: ["commonMountOptions", "homeGroup", "homeMode", "username"],
    },
    entry: {
      read: ["directory", "file", "group", "how", "inInitrd", "mode", "user"],
      harmless: ["configureParent", "createLinkTarget", "mountOptions", "parent"],
    },
  },
};

const named = new Map<KnownOptions, ReadonlySet<string>>();

function namesOf(known: KnownOptions): ReadonlySet<string> {
  const names = named.get(known) ?? new Set([...known.read, ...known.harmless]);
  named.set(known, names);
  return names;
}

/** Why what is set of a store or of one of its users may mean more than is read of it, with the place. */
export function unreadOptions(node: OptionNode, module: Store["module"], level: "store" | "user"): Store["open"] {
  const known = namesOf(STORE_OPTIONS[module][level]);
  return childrenOf(node)
    .filter(({ name }) => !known.has(name))
    .map(({ name, node: child }) => ({
      why: `what ${module} makes of \`${[...node.path, name].join(".")}\` is not known here`,
      place: setAt(child),
    }));
}

/** The same of one element of a list of a store. */
export function unreadOfEntry(
  value: Value,
  module: Store["module"],
  place: Store["open"][number]["place"],
): Store["open"] {
  if (!(value instanceof NixAttrs)) return [];
  const known = namesOf(STORE_OPTIONS[module].entry);
  return value
    .names()
    .filter((name) => !known.has(name) && !(module === "impermanence" && repeatsDefault(value, name)))
    .map((name) => ({
      why: `what ${module} makes of \`${name}\` of an entry is not known here`,
      place: (value.get(name) as Cell).place ?? place,
    }));
}

/**
 * Internal options of an entry, and where impermanence takes them from. Those who declare the options of stores once more
 * and pass them on write them out.
 */
const DERIVED: Readonly<Record<string, string>> = { dirPath: "directory", filePath: "file" };

function repeatsDefault(entry: NixAttrs, name: string): boolean {
  const given = entry.get(name);
  const written = given && look(given);
  if (name === "home") return written === null;
  const source = DERIVED[name] === undefined ? undefined : entry.get(DERIVED[name]);
  return source !== undefined && typeof written === "string" && look(source) === written;
}
