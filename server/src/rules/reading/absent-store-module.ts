import type { Host, Store } from "../../host/host.ts";
import type { MergeNode } from "../../modules/merge-node.ts";

/** Inputs whose modules certainly bring neither impermanence nor preservation along. */
const OTHERS =
  /^(agenix(-rekey)?|catppuccin|disko|home-manager|impermanence|lanzaboote|nix-flatpak|nix-index-database|nixos-facter-modules|nixos-hardware|nixpkgs|nixvim|preservation|ragenix|sops-nix|stylix)$/;

/** A public input without filesystems of its own, as it is named in the reason why its module is not read. */
const OF_INPUT = /^`([\w-]+)\.[^`]*` comes from a flake input, which is not in the workspace/;

/**
 * Whether the options of a store are declared by nobody: the host is one of a flake that has no such input, and all that it
 * imports is seen, or comes from inputs that bring other things. False as soon as anything of that is not known.
 */
export function hasNoModule(host: Host, { module, option }: Store): boolean {
  if (option[0] === "home-manager" || host.incomplete.length > 0 || !host.entry.endsWith("/flake.nix")) return false;
  const isElsewhere = ({ name, why }: Host["opaque"][number]) => {
    const input = OF_INPUT.exec(why)?.[1];
    return input === undefined ? !name.startsWith("…/") : input === module || !OTHERS.test(input);
  };
  if (host.opaque.some(isElsewhere)) return false;
  const group = host.config.at(...option.slice(0, -1)) as Partial<MergeNode>;
  if (group.isDefined?.() !== true || group.isDeclared?.() !== false) return false;
  const flake = host.beside(host.entry);
  const lock = host.beside(host.entry.replace(/\.nix$/, ".lock"));
  return flake.text?.includes(module) === false && lock.text?.includes(module) !== true;
}
