import { isAtOrBelow, normalise } from "../../host/paths.ts";
import type { FactsJson } from "../../report/schema.ts";
import { type Mount, mountAround, mountAt, showsRoot } from "../mounts.ts";
import type { Drift } from "./drift-schema.ts";

/** What a path is on the host. */
export interface PathKind {
  readonly kind: "directory" | "file" | "link" | "other" | "none";
  /** Where a link leads. */
  readonly target?: string;
}

/** The paths that a configuration certainly persists, each with the store that holds it. */
export function persistedPaths({ stores }: Pick<FactsJson, "stores">): Map<string, string> {
  const found = new Map<string, string>();
  for (const { path: store, directories, files, users } of stores) {
    const all = [
      ...directories,
      ...files,
      ...Object.values(users).flatMap((own) => [...own.directories, ...own.files]),
    ];
    for (const { path, certainty } of all) if (certainty === "yes" && store !== null) found.set(path, store);
  }
  return found;
}

/**
 * Persisted paths that are neither mounted from their store nor linked into it, though they lie on a root that is emptied.
 * `kinds` are those of the host's paths, as root sees them.
 */
export function comparePersisted(
  facts: FactsJson,
  all: readonly Mount[],
  kinds: ReadonlyMap<string, PathKind>,
): Drift[] {
  if (!["tmpfs", "rollback", "declared"].includes(facts.ephemeralRoot.kind)) return [];
  const mounts = all.filter((mount) => !showsRoot(mount, all));
  return [...persistedPaths(facts)].flatMap(([path, store]): Drift[] => {
    const found = kinds.get(path);
    if (found === undefined) return [];
    const mount = mountAt(mounts, path);
    if (mount && MEMORY.test(mount.type) && !MEMORY.test(mountAround(mounts, store)?.type ?? ""))
      return [inMemory(path, store, mount)];
    if (mount) return setAside(path, store, mount);
    // Where it leads from the directory that it is in.
    const target = normalise(
      (found.target ?? "").startsWith("/") ? (found.target ?? "") : `${path}/../${found.target}`,
    );
    if (found.kind === "link" && isAtOrBelow(target, store)) return [];
    // A parent may be persisted, or have a filesystem of its own: then this one survives with it.
    if (mountAround(mounts, path)?.mountPoint !== "/") return [];
    const common = { path, configured: `persisted in ${store}` };
    if (found.kind === "none")
      return [
        {
          ...{ ...common, kind: "not-there", severity: "information", found: "nothing" },
          text: `${path} is persisted by the configuration and does not exist: the host has not switched to it yet.`,
        },
      ];
    if (found.kind === "link") {
      // Activation makes it again, whatever it is.
      if (/^\/(?:nix\/store|etc\/static|run\/current-system)(?:\/|$)/.test(target)) return [];
      return [
        {
          ...{ ...common, kind: "not-persisted", severity: "warning", found: `a link to ${target}` },
          text: `${path} is a link to ${target}, which is not in ${store}: the configuration persists it, and something else made it.`,
        },
      ];
    }
    const what = `a ${found.kind === "other" ? "special file" : found.kind} of the root`;
    return [
      {
        ...{ ...common, kind: "not-persisted", severity: "error", found: what },
        text: `${path} is ${what}, and not mounted from ${store}: the next reboot deletes it. The host has not switched to the configuration, or the mount failed. Copy it to ${store}${path} before you switch, because the mount will hide it.`,
      },
    ];
  });
}

/** Filesystems that a reboot empties. */
const MEMORY = /^(?:tmpfs|ramfs)$/;

function inMemory(path: string, store: string, { type }: Mount): Drift {
  return {
    ...{ kind: "not-persisted", severity: "error", path, configured: `persisted in ${store}`, found: type },
    text: `${path} is a ${type}, which something mounted over what ${store} holds of it: what is written there is gone after the next reboot. Find out with systemctl list-units --type=mount what mounts it.`,
  };
}

/** A bind mount goes on showing what was deleted in its store, or exchanged by a restore. */
function setAside(path: string, store: string, { root }: Mount): Drift[] {
  const what = root.endsWith("//deleted")
    ? "deleted"
    : /\.before-restore-\d{8}-\d{6}/.test(root)
      ? "put aside by a restore"
      : undefined;
  if (what === undefined) return [];
  return [
    {
      ...{ kind: "not-persisted", severity: "error", path, configured: `persisted in ${store}`, found: root },
      text: `${path} shows ${root}, which was ${what}: what is written there is not in what ${store} holds of it now, and not there after the next reboot. Stop what uses it and mount it anew, or restart the host.`,
    },
  ];
}
