import type { ServiceEntry } from "../catalogue/catalogue.ts";
import type { Place } from "../eval/origin.ts";
import type { EphemeralRoot } from "./host.ts";
import { isAtOrBelow } from "./paths.ts";

/** What somebody says of a host that its configuration does not show. It is believed where nothing shows otherwise. */
export interface HostAssumptions {
  readonly root: { readonly kind: "tmpfs" | "wiped" | "kept"; readonly place: Place } | undefined;
  /** Directories whose content survives. */
  readonly stores: readonly { readonly path: string; readonly place: Place }[];
  /** Paths whose loss, and that of all below them, is wanted. */
  readonly unwanted: readonly string[];
  /** Services that the catalogue does not know. */
  readonly services: readonly ServiceEntry[];
}

export const NO_ASSUMPTIONS: HostAssumptions = { root: undefined, stores: [], unwanted: [], services: [] };

/** The kind of root, where the configuration does not show what happens to it. */
export function assumedRoot(seen: EphemeralRoot, { root }: HostAssumptions): EphemeralRoot {
  if (!root || seen.kind === "tmpfs" || seen.kind === "rollback") return seen;
  switch (root.kind) {
    case "tmpfs":
      return { kind: "tmpfs", place: root.place };
    case "wiped":
      return { kind: "declared", place: root.place };
    case "kept":
      return { kind: "none" };
  }
}

/** Whether the loss of a path is wanted. */
export function isUnwanted({ unwanted }: HostAssumptions, path: string): boolean {
  return unwanted.some((directory) => isAtOrBelow(path, directory));
}
