import type { Place } from "../../eval/origin.ts";
import type { Host, PersistedPath } from "../../host/host.ts";
import { isAtOrBelow, joinPath } from "../../host/paths.ts";
import { homeOfEntry } from "./persisted-entries.ts";
import { lossOf, whereInWords } from "./wiped-root.ts";

/** Directories that NixOS mounts in the initrd by themselves; impermanence binds those of them that are persisted there. */
const EARLY = new Set(["/", "/nix", "/nix/store", "/var", "/var/log", "/var/lib", "/var/lib/nixos", "/etc", "/usr"]);

/** Whether a file can be read when NixOS' activation creates users and decrypts secrets. */
export type Readable =
  | { readonly when: "in-time" | "unknown" }
  /** A mount that comes after the activation holds it. */
  | {
      readonly when: "late";
      readonly why: string;
      readonly place: Place | undefined;
      readonly persisted: PersistedPath | undefined;
      /** The same file by a path that is there in time. */
      readonly instead: string | undefined;
      /** The filesystem that would have to be mounted earlier. */
      readonly mountpoint?: string;
    }
  /** It is gone after a reboot. */
  | {
      readonly when: "lost";
      readonly why: string;
      readonly place: Place | undefined;
      /** Only once the wipe works. */
      readonly isHypothetical: boolean;
    };

/**
 * When a file can be read. The activation runs before systemd mounts what the initrd left out, so that a file
 * below a persisted directory is not there yet, although it is once the system is up.
 */
export function readableAtActivation(host: Host, path: string): Readable {
  if (["/run", "/nix/store", "/dev", "/proc", "/sys"].some((kept) => isAtOrBelow(path, kept)))
    return { when: "unknown" };
  const loss = lossOf(host, path);
  const { fate } = loss;
  if (loss.lost === "yes" && !fate.persisted)
    return {
      ...{ when: "lost", why: whereInWords(loss), place: fate.place },
      isHypothetical: loss.hypothetical,
    };
  if (fate.survives.answer === "unknown") return { when: "unknown" };
  if (fate.persisted) return bindMounted(host, path, fate.persisted);
  const fs = fate.fileSystem;
  if (!fs || fs.mountpoint === "/" || fs.certain.answer !== "yes" || fs.mountedInInitrd.answer !== "no") {
    return { when: fs?.mountedInInitrd.answer === "unknown" ? "unknown" : "in-time" };
  }
  // A store that comes too late is a finding of its own.
  if (host.stores.some((store) => store.path.known && isAtOrBelow(store.path.value, fs.mountpoint))) {
    return { when: "unknown" };
  }
  return {
    when: "late",
    why: `on the filesystem \`${fs.mountpoint}\`, which is not \`neededForBoot\``,
    place: fs.place,
    persisted: undefined,
    instead: undefined,
    mountpoint: fs.mountpoint,
  };
}

function bindMounted(host: Host, path: string, entry: PersistedPath): Readable {
  const { store } = entry;
  if (entry.certain.answer !== "yes" || store.enabled.answer !== "yes" || entry.inInitrd) return { when: "in-time" };
  if (store.module === "impermanence" && entry.kind === "directory" && EARLY.has(entry.path)) {
    return { when: "in-time" };
  }
  // With impermanence before 2026 a flag on the bind mount brings it into the initrd.
  const flagged = host.fileSystems.find(({ mountpoint }) => mountpoint === entry.path)?.neededForBoot;
  if (flagged?.known === false || flagged?.value) return { when: "in-time" };
  const instead = store.path.known && !namesHome(entry) ? joinPath(store.path.value, path) : undefined;
  const early = instead !== undefined && host.fileSystemAt(instead)?.mountedInInitrd.answer === "yes";
  return {
    when: "late",
    why: `persisted through \`${entry.path}\``,
    place: entry.place,
    persisted: entry,
    instead: early ? instead : undefined,
  };
}

/** A store of home-manager from before 2026: its path holds the home, which is not repeated below it. */
function namesHome(entry: PersistedPath): boolean {
  const home = entry.store.option[0] === "home-manager" ? homeOfEntry(entry) : undefined;
  return home !== undefined && entry.store.path.known && entry.store.path.value.endsWith(home);
}
