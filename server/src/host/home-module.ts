/** 2025-09-20, the time of impermanence 1b02741 in seconds since 1970; on its main branch since January 2026. */
const INTERFACE_ONLY = 1_758_372_989;

/**
 * Whether impermanence of that time has a home-manager module of its own; false where the time is not known.
 * @param impermanenceAt in seconds since 1970
 */
export function ownHomeModuleAt(impermanenceAt: number | undefined): boolean {
  return impermanenceAt !== undefined && impermanenceAt < INTERFACE_ONLY;
}
