import type { Host, Known, Verdict } from "../../server/src/host/host.ts";

/** One thing about a host that is not known, in the words of the checker. */
export interface Unresolved {
  /** What is not known: "store /persist", "filesystem /nix: device". */
  readonly what: string;
  readonly why: string;
}

/**
 * Everything unknown in a host's stores, filesystems and root. A host with an empty list is resolved: what
 * is persisted, where it lies and whether the root is emptied is known without an "if".
 */
export function unresolved(host: Host): Unresolved[] {
  const found: Unresolved[] = [];
  const add = (what: string, why: string | undefined) => {
    if (why !== undefined) found.push({ what, why });
  };
  for (const { why } of host.incomplete) add("host", why);
  add("stores", host.storesOpen);
  for (const store of host.stores) {
    const name = `store ${store.name}`;
    add(name, unknownValue(store.path) ?? doubt(store.enabled));
    for (const { why } of store.open) add(name, why);
    for (const entry of [...store.directories, ...store.files]) {
      const where = `${name}: ${entry.path}`;
      add(where, doubt(entry.certain));
      for (const field of [entry.user, entry.group, entry.mode]) add(where, field && unknownValue(field));
    }
  }
  add("filesystems", host.fileSystemsOpen);
  for (const fs of host.fileSystems) {
    const name = `filesystem ${fs.mountpoint}`;
    add(name, doubt(fs.certain));
    add(`${name}: device`, unknownValue(fs.device));
    add(`${name}: fsType`, unknownValue(fs.fsType));
    add(`${name}: options`, fs.optionsOpen);
    add(`${name}: neededForBoot`, unknownValue(fs.neededForBoot));
    add(`${name}: subvolume`, fs.subvolume && unknownValue(fs.subvolume));
  }
  if (host.ephemeralRoot.kind === "unknown") add("root", host.ephemeralRoot.why);
  return found.filter(
    ({ what, why }, index) => found.findIndex((other) => other.what === what && other.why === why) === index,
  );
}

function unknownValue(value: Known<unknown>): string | undefined {
  return value.known ? undefined : value.why;
}

function doubt(verdict: Verdict): string | undefined {
  return verdict.answer === "unknown" ? verdict.why : undefined;
}
