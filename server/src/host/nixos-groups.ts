/** Groups of options of NixOS and of well-known modules; a host's own options live elsewhere. */
const NIXOS_OPTIONS = new Set([
  ...[
    "appstream",
    "assertions",
    "boot",
    "console",
    "containers",
    "disko",
    "documentation",
    "environment",
    "fileSystems",
  ],
  ...[
    "fonts",
    "gtk",
    "hardware",
    "home-manager",
    "i18n",
    "image",
    "lib",
    "location",
    "meta",
    "networking",
    "nix",
    "nixpkgs",
  ],
  ...["oci", "powerManagement", "preservation", "programs", "qt", "security", "services", "snapraid", "specialisation"],
  ...["stubby", "swapDevices", "system", "systemd", "time", "users", "virtualisation", "warnings", "xdg", "zramSwap"],
  ...["age", "sops", "stylix", "_module"],
]);

/** Whether a group at the top of the configuration is declared by others than the host's own modules. */
export function isNixosGroup(name: string): boolean {
  return NIXOS_OPTIONS.has(name);
}
