import type { Release, Script } from "./host.ts";
import { commandsOf } from "./script-commands.ts";

/**
 * Whether a hook of the scripted initrd runs before the pools of ZFS are imported: from 24.11 on NixOS imports in
 * postResumeCommands, before that in postDeviceCommands. "perhaps" where the release is not known.
 */
export function isBeforeImport(hook: string, { nixos }: Release): "always" | "since-24.11" | "perhaps" | "no" {
  if (/^(preDevice|preLVM|preFail)Commands$/.test(hook)) return "always";
  if (hook !== "postDeviceCommands") return "no";
  if (nixos === undefined) return "perhaps";
  return nixos < "24.11" ? "no" : "since-24.11";
}

/** Whether NixOS imports the pools in this very hook, as far as the release is known; which hook was chosen says it otherwise. */
export function importsIn(hook: string, { nixos }: Release): boolean {
  if (hook === "postDeviceCommands") return nixos !== undefined && nixos < "24.11";
  return hook === "postResumeCommands" && (nixos === undefined || nixos >= "24.11");
}

/** Whether a script imports pools of ZFS itself. */
export function importsPools(script: Script): boolean {
  return commandsOf(script).all.some(({ name }) => name === "zpool");
}
