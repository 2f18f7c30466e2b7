import type { Host, Store } from "../../host/host.ts";

/** 2025-09-20, the time of impermanence 1b02741 in seconds since 1970; on its main branch since January 2026. */
const INTERFACE_ONLY = 1_758_372_989;

/**
 * Whether the locked impermanence still has a home-manager module of its own, which makes the mounts at login. Since then
 * `home.persistence` only hands its entries to the module of the system.
 */
export function hasOwnHomeModule({ release }: Host): boolean {
  return release.impermanenceAt !== undefined && release.impermanenceAt < INTERFACE_ONLY;
}

/** Whether a store is declared by home-manager: `home.persistence`. */
export function isOfHomeManager({ option }: Store): boolean {
  return option[0] === "home-manager";
}
