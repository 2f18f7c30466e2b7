import type { Change } from "../../btrfs/changes.ts";
import { baseState, services } from "../../catalogue/catalogue.ts";
import { byDirectory } from "./by-directory.ts";

/** What the filters have to know beside the row itself. */
export interface FilterFacts {
  /** Mount points of the running host. */
  readonly mountPoints: ReadonlySet<string>;
  /** Paths of filesystems that a reboot keeps, such as /persist. */
  readonly kept: readonly string[];
}

/** Files that systemd and the activation script of NixOS write at each boot. */
const ACTIVATION = new Set([
  ...["/etc/.clean", "/etc/.updated", "/var/.updated", "/etc/.pwd.lock", "/etc/NIXOS", "/etc/mtab", "/etc/resolv.conf"],
  ...[
    "/etc/resolv.conf.bak",
    "/etc/static",
    "/etc/ld.so.cache",
    "/bin/sh",
    "/usr/bin/env",
    "/lib64",
    "/root/.nix-defexpr",
  ],
  ...["/var/run", "/var/lock", "/etc/os-release", "/etc/os-release.lock", "/etc/hostname"],
  ...["/var/empty", "/var/lib/systemd/catalog/database", "/var/lib/systemd/ephemeral-trees", "/var/log/README"],
]);
const ACCOUNTS = new Set(
  ["passwd", "group", "shadow", "gshadow", "subuid", "subgid"].flatMap((name) => [`/etc/${name}`, `/etc/${name}-`]),
);
const LINKS = ["/nix/store", "/etc/static", "/run", "/proc", "/nix/var"];
const TEMPORARY = ["/tmp", "/var/tmp"];
const CACHES = [
  "/var/cache",
  ...services.flatMap(({ states }) => states.flatMap(({ kind, path }) => (kind === "cache" ? [path] : []))),
].filter((path) => !path.includes("*"));
const STATES = services.flatMap(({ states }) => states);
/** What somebody would miss, whoever else says that it is little. */
const DEAR = new Set([
  ...baseState.flatMap(({ severity, path }) => (severity === "error" || severity === "warning" ? [path] : [])),
  ...STATES.flatMap(({ kind, little, path }) => (kind === "state" && !little ? [path] : [])),
]);
const LITTLE = [
  ...baseState.flatMap(({ severity, path }) => (severity === "none" ? [path] : [])),
  ...STATES.flatMap(({ little, path }) => (little ? [path] : [])),
].filter((path) => !path.includes("*") && !isAtOrBelow(path, (at) => DEAR.has(at)));
const littleSet = new Set(LITTLE);
const cacheSet = new Set(CACHES);

/**
 * The filter that hides a row, or undefined. `path` is absolute. `directories` is not asked here: it depends on the other rows.
 */
export function filterOf(
  path: string,
  { type, target, size }: Omit<Change, "change">,
  facts: FilterFacts,
): string | undefined {
  if (type === "symlink" && target !== undefined && isMadeLink(path, absolute(path, target), facts.kept))
    return "links";
  if (ACTIVATION.has(path)) return "activation";
  if (ACCOUNTS.has(path)) return "accounts";
  const isEmpty = type === "directory" || (type === "file" && size === 0);
  if (isEmpty && facts.mountPoints.has(path)) return "stubs";
  const above = aboveOf(path);
  if (above.isTemporary) return "temporary";
  if (above.isCache || isCache(path)) return "caches";
  return above.isLittle || littleSet.has(path) ? "little" : undefined;
}

const HOME_CACHE = /^(?:\/root|\/home\/[^/]+)\/\.cache$/;
const isCache = (path: string) => cacheSet.has(path) || HOME_CACHE.test(path);

/** What a directory and those above it are. */
const aboveOf = byDirectory((directory) => ({
  isTemporary: isAtOrBelowOneOf(directory, TEMPORARY),
  isCache: isAtOrBelow(directory, isCache),
  isLittle: isAtOrBelow(directory, (path) => littleSet.has(path)),
}));

/** Links that the boot makes: into the store, and of persisted files to the same path in their store. */
function isMadeLink(path: string, target: string, kept: readonly string[]): boolean {
  return isAtOrBelowOneOf(target, LINKS) || kept.some((store) => target === `${store}${path}`);
}

function absolute(path: string, target: string): string {
  const parts: string[] = [];
  for (const part of (target.startsWith("/") ? target : `${path}/../${target}`).split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

function isAtOrBelowOneOf(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => path === folder || path.startsWith(`${folder}/`));
}

function isAtOrBelow(path: string, isOne: (path: string) => boolean): boolean {
  for (let at = path; at !== ""; at = at.slice(0, at.lastIndexOf("/"))) if (isOne(at)) return true;
  return false;
}
