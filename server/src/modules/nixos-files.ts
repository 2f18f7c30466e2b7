import { Unknown, type Value } from "../eval/value.ts";

/** What stands for the folder of NixOS' own modules (`modulesPath`), and for all that is made of its files. */
export const NIXOS_MODULES = new Unknown("it is one of NixOS' own modules", undefined, { soft: true });

/**
 * Whether a value is made by a file of NixOS alone: `import (modulesPath + "/programs/wayland/wayland-session.nix") { … }`
 * instead of a module. As of those that are imported, it is assumed that it leaves alone what the workspace says.
 */
export function isOfNixos(value: Value): boolean {
  return value instanceof Unknown && value.soft && !value.ofWorkspace && value.why === NIXOS_MODULES.why;
}
