import type { Host } from "../../host/host.ts";

/**
 * Inputs whose modules leave alone what they are not asked for: they declare options of their own, and make neither
 * accounts for services nor an identity for the host.
 */
const MODEST =
  /(^|[^a-z])(agenix(-rekey)?|catppuccin|chaotic|disko|hjem|home-manager|hyprland|impermanence|lanzaboote|niri|nix-flatpak|nix-gaming|nix-index-database|nixos-hardware|nixos-wsl|nixpkgs|nixvim|nur|nvf|preservation|ragenix|sops-nix|stylix)([^a-z]|$)/i;

/**
 * Whether modules that cannot be read may set options of NixOS that the workspace does not: frameworks, private inputs.
 * @param explained reasons why something is not known that have nothing to do with such modules
 */
export function mayBeSetElsewhere(host: Host, explained: ReadonlySet<string> = NOTHING): boolean {
  return (
    host.incomplete.some(({ why }) => !explained.has(why)) ||
    host.opaque.some((module) => !module.known || !isModest(module))
  );
}

const NOTHING: ReadonlySet<string> = new Set();

/** Whether modules of the host's own kind cannot be read: private inputs and files. Those of public inputs set what is theirs. */
export function mayBeSetByOwnModules(host: Host): boolean {
  return host.incomplete.length > 0 || host.opaque.some((module) => !module.known);
}

/** The input is named where its module is written; files of nixpkgs itself by their path. Its images have accounts of their own. */
function isModest({ name, why }: Host["opaque"][number]): boolean {
  // What the installer writes into every hardware-configuration.nix switches on firmware, and nothing else.
  if (/\/installer\/(?!scan\/)|\/profiles\/(base|installation-device|minimal)\b/.test(name)) return false;
  const input = /^`([\w-]+)/.exec(why)?.[1];
  return MODEST.test(input ?? "") || name.startsWith("…/") || name.includes("/nixpkgs/");
}
