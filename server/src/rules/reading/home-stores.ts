import { ownHomeModuleAt } from "../../host/home-module.ts";
import type { Host, Store } from "../../host/host.ts";

/**
 * Whether the locked impermanence still has a home-manager module of its own, which makes the mounts at login. Since then
 * `home.persistence` only hands its entries to the module of the system.
 */
export function hasOwnHomeModule({ release }: Host): boolean {
  return ownHomeModuleAt(release.impermanenceAt);
}

/** Whether a store is declared by home-manager: `home.persistence`. */
export function isOfHomeManager({ option }: Store): boolean {
  return option[0] === "home-manager";
}
