import type { Host, PersistedPath } from "../../host/host.ts";

/** The entries that are certainly persisted, of stores that are certainly in use. */
export function certainEntries(host: Host): readonly PersistedPath[] {
  return host.stores
    .filter(({ enabled }) => enabled.answer === "yes")
    .flatMap(({ directories, files }) => [...directories, ...files])
    .filter(({ certain }) => certain.answer === "yes");
}

/** The home below which the paths of `users.<name>` and of home-manager are. */
export function homeOfEntry({ path, written }: PersistedPath): string | undefined {
  const below = written.replace(/^\/+|\/+$/g, "");
  return path.endsWith(`/${below}`) ? path.slice(0, path.length - below.length - 1) : undefined;
}
