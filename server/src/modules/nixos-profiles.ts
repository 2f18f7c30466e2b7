import { Cell, NixAttrs } from "../eval/value.ts";

/** What a module of NixOS says of an option; the second is whether it does so with `mkDefault`. */
type Setting = readonly [option: string, value: boolean, isDefault: boolean];

const usually = (option: string, value: boolean): Setting => [option, value, true];
const always = (option: string, value: boolean): Setting => [option, value, false];

/** From when users are made without perl: by userborn, in NixOS 24.05 by systemd-sysusers. For what is asked here they are alike. */
const PERLLESS = [
  usually("boot.initrd.systemd.enable", true),
  usually("services.userborn.enable", true),
  usually("system.etc.overlay.enable", true),
  usually("boot.loader.grub.enable", false),
];

const CONTAINER = [always("boot.isContainer", true)];

/**
 * Modules of NixOS that hosts import by their file (`"${modulesPath}/profiles/perlless.nix"`), with what they say of options
 * that matter here. Source of truth: `nixos/modules` of nixpkgs.
 */
const PROFILES: ReadonlyMap<string, readonly Setting[]> = new Map([
  ["profiles/perlless.nix", PERLLESS],
  ["profiles/bashless.nix", PERLLESS],
  ["profiles/hardened.nix", [usually("security.protectKernelImage", true)]],
  [
    "profiles/image-based-appliance.nix",
    [usually("boot.initrd.systemd.enable", true), always("nix.enable", false), always("users.mutableUsers", false)],
  ],
  ["profiles/docker-container.nix", CONTAINER],
  ["virtualisation/docker-image.nix", CONTAINER],
  ["virtualisation/lxc-container.nix", CONTAINER],
  ["virtualisation/proxmox-lxc.nix", CONTAINER],
]);

/** The module that a file below `nixos/modules` is, as far as it is a few settings. What it says is found where it is imported. */
export function nixosProfile(file: string, imported: Cell): NixAttrs | undefined {
  const settings = PROFILES.get(file);
  return settings?.length ? asModule(settings, imported) : undefined;
}

function asModule(settings: readonly Setting[], imported: Cell): NixAttrs {
  const config = new Map<string, Cell>();
  for (const [option, value, isDefault] of settings) {
    const cell = Cell.of(value, imported.origin);
    put(config, option.split("."), isDefault ? byDefault(cell) : cell);
  }
  return NixAttrs.of({ config: Cell.of(new NixAttrs(config)) });
}

function put(cells: Map<string, Cell>, [name = "", ...rest]: readonly string[], cell: Cell): void {
  if (rest.length === 0) {
    cells.set(name, cell);
    return;
  }
  const before = cells.get(name)?.force();
  const inner = new Map(before instanceof NixAttrs ? before.cells : []);
  put(inner, rest, cell);
  cells.set(name, Cell.of(new NixAttrs(inner)));
}

/** `lib.mkDefault`. */
function byDefault(content: Cell): Cell {
  return Cell.of(NixAttrs.of({ _type: Cell.of("override"), priority: Cell.of(1000), content }), content.origin);
}
