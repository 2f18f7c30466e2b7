import type { PersistedEntry } from "../../edits/persistence-edit.ts";
import { directoriesAbove } from "../../host/paths.ts";
import { isStructural } from "../diff/structural.ts";

/** Something on a host that is to be persisted, as it was found there. */
export interface FoundPath {
  /** Absolute, normalised. */
  readonly path: string;
  readonly type: "file" | "directory" | "symlink" | "fifo" | "socket" | "device" | undefined;
  readonly user?: string | undefined;
  readonly group?: string | undefined;
  /** Octal, such as "0750". */
  readonly mode?: string | undefined;
}

/** What to write into the configuration for what was chosen. */
export interface ChosenEntries {
  readonly entries: readonly PersistedEntry[];
  /** What cannot be persisted, with the reason. */
  readonly refused: readonly { readonly path: string; readonly why: string }[];
  /** Directories that are written in place of things in them. */
  readonly parents: readonly { readonly path: string; readonly instead: readonly string[] }[];
}

/** So many things of one directory are better persisted as that directory. */
const MANY = 3;
/** What nobody can persist as a whole on a host that boots from it. */
const TOO_WIDE = new Set(["/", "/etc", "/usr", "/bin", "/lib", "/lib64", "/nix", "/run", "/boot", "/var"]);
const OF_THE_KERNEL = /^\/(?:proc|sys|dev|run|nix|tmp)(?:\/|$)/;

/**
 * The entries for chosen paths: owner and mode as found, no path below another one, and the directory in place of many
 * things in it. `parentOf` answers what was found of a directory.
 */
export function chosenEntries(
  chosen: readonly FoundPath[],
  parentOf: (path: string) => FoundPath | undefined = () => undefined,
): ChosenEntries {
  const refused: { path: string; why: string }[] = [];
  const usable = chosen.filter((one) => {
    const why = whyNot(one);
    if (why !== undefined) refused.push({ path: one.path, why });
    return why === undefined;
  });
  const { kept, parents } = withParents(usable, parentOf);
  const directories = new Set(kept.flatMap(({ type, path }) => (type === "directory" ? [path] : [])));
  const entries = kept.filter(({ path }) => !directoriesAbove(path).some((one) => directories.has(one)));
  return { entries: entries.map(entryOf), refused, parents };
}

function entryOf({ path, type, user, group, mode }: FoundPath): PersistedEntry {
  return { kind: type === "directory" ? "directory" : "file", path, user, group, mode };
}

function whyNot({ path, type }: FoundPath): string | undefined {
  if (!path.startsWith("/") || path.split("/").some((part) => part === "." || part === ".."))
    return "it is no absolute path";
  if (TOO_WIDE.has(path)) return "it is too wide: NixOS makes most of what is in it; choose what is in there";
  if (OF_THE_KERNEL.test(path)) return "what is there is made anew at every boot, or never lost";
  if (path.includes("\uFFFD"))
    return "its name is no UTF-8, which a configuration cannot name; persist the directory that holds it";
  switch (type) {
    case undefined:
      return "it is not there on the host, or this account may not see it";
    case "symlink":
      return "it is a symbolic link; persist what it leads to, or declare the link with systemd.tmpfiles.rules";
    case "file":
    case "directory":
      return undefined;
  }
  return `it is a ${type}, which programs make themselves`;
}

function withParents(
  usable: readonly FoundPath[],
  parentOf: (path: string) => FoundPath | undefined,
): { kept: FoundPath[]; parents: ChosenEntries["parents"] } {
  const byParent = new Map<string, FoundPath[]>();
  for (const one of usable) {
    const parent = one.path.slice(0, one.path.lastIndexOf("/"));
    byParent.set(parent, [...(byParent.get(parent) ?? []), one]);
  }
  const parents: { path: string; instead: string[] }[] = [];
  const kept = [...byParent].flatMap(([path, own]) => {
    const parent = own.length >= MANY && !isStructural(path || "/") ? parentOf(path) : undefined;
    if (parent?.type !== "directory") return own;
    parents.push({ path, instead: own.map((one) => one.path) });
    return [parent];
  });
  return { kept, parents };
}
