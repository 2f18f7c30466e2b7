/** How many hosts the fleet has. */
export const HOSTS = 7;
/** Modules with options of their own, which every host imports. */
const OPTION_MODULES = 60;
/** Files of each host's own folder. */
const OWN_FILES = 4;
/** Features that every host imports, and how many of the others each takes. */
const COMMON = 15;
const CHOSEN = 40;

/**
 * A flake of seven impermanent hosts, put together as most of that size are: a helper makes the hosts, all import a folder
 * of modules with options, each imports the features it wants, and says some things itself.
 *
 * @param {number} count how many files, at least 150
 * @returns {Map<string, string>} texts by path from the flake's folder
 */
export function generatedFleet(count = 250) {
  const features = count - 4 - OPTION_MODULES - HOSTS * OWN_FILES;
  const names = Array.from({ length: HOSTS }, (_, index) => `host-${index + 1}`);
  const files = new Map([
    ["flake.nix", flake(names)],
    ["lib/make-host.nix", makeHost],
    ["modules/default.nix", list(Array.from({ length: OPTION_MODULES }, (_, index) => `./${optionName(index)}.nix`))],
    ["features/base.nix", list(Array.from({ length: COMMON }, (_, index) => `./${featureName(index)}.nix`))],
  ]);
  for (let index = 0; index < OPTION_MODULES; index++)
    files.set(`modules/${optionName(index)}.nix`, optionModule(index));
  for (let index = 0; index < features; index++) files.set(`features/${featureName(index)}.nix`, feature(index));
  for (const [index, name] of names.entries()) {
    for (const [file, text] of hostFiles(name, index, features)) files.set(`hosts/${name}/${file}`, text);
  }
  return files;
}

/** @param {number} index */
const optionName = (index) => `option-${String(index).padStart(2, "0")}`;
/** @param {number} index */
const featureName = (index) => `feature-${String(index).padStart(3, "0")}`;

/** @param {readonly string[]} paths */
function list(paths) {
  return `{\n  imports = [\n${paths.map((path) => `    ${path}`).join("\n")}\n  ];\n}\n`;
}

/** @param {readonly string[]} names */
function flake(names) {
  return `{
  description = "Generated: a fleet";
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
  inputs.impermanence.url = "github:nix-community/impermanence";
  outputs =
    { nixpkgs, ... }@inputs:
    let
      makeHost = import ./lib/make-host.nix { inherit inputs; };
    in
    {
      nixosConfigurations = nixpkgs.lib.genAttrs [
${names.map((name) => `        "${name}"`).join("\n")}
      ] makeHost;
    };
}
`;
}

const makeHost = `{ inputs }:
name:
inputs.nixpkgs.lib.nixosSystem {
  system = "x86_64-linux";
  specialArgs = { inherit inputs; };
  modules = [
    inputs.impermanence.nixosModules.impermanence
    ../modules
    (../hosts + "/\${name}")
    { networking.hostName = name; }
  ];
}
`;

/** @param {number} index */
function optionModule(index) {
  const name = optionName(index);
  return `{ config, lib, pkgs, ... }:
let
  cfg = config.fleet.${name};
in
{
  options.fleet.${name} = {
    enable = lib.mkEnableOption "${name}";
    dataDir = lib.mkOption {
      type = lib.types.path;
      default = "/var/lib/${name}";
    };
    settings = lib.mkOption {
      type = lib.types.attrsOf (lib.types.either lib.types.str lib.types.int);
      default = { };
    };
  };
  config = lib.mkIf cfg.enable {
    environment.persistence."/persist".directories = [
      {
        directory = cfg.dataDir;
        user = "${name}";
        mode = "0750";
      }
    ];
    users.users.${name} = {
      isSystemUser = true;
      group = "${name}";
    };
    users.groups.${name} = { };
    systemd.services.${name} = {
      wantedBy = [ "multi-user.target" ];
      environment = lib.mapAttrs (_: toString) cfg.settings;
      script = ''
        set -eu
        mkdir -p "\${cfg.dataDir}/work"
        exec \${lib.getExe pkgs.hello} --data "\${cfg.dataDir}"
      '';
      serviceConfig = {
        User = "${name}";
        StateDirectory = "${name}";
      };
    };
  };
}
`;
}

/** @param {number} index */
function feature(index) {
  const name = featureName(index);
  return `{ config, lib, pkgs, ... }:
{
  environment.systemPackages = with pkgs; [ hello ripgrep ];
  environment.etc."${name}.conf".text = ''
    host = \${config.networking.hostName}
    level = ${index % 7}
  '';
  environment.persistence."/persist".directories = [ "/var/lib/${name}" ];
  systemd.tmpfiles.rules = [ "d /var/lib/${name} 0750 root root -" ];
  systemd.services.${name} = {
    description = "The feature ${name} of \${config.networking.hostName}";
    after = [ "network-online.target" ] ++ lib.optional config.services.openssh.enable "sshd.service";
    serviceConfig = {
      ExecStart = "\${pkgs.hello}/bin/hello --state /var/lib/${name}";
      Restart = lib.mkDefault "on-failure";
    };
  };
  networking.firewall.allowedTCPPorts = [ ${20000 + index} ];
}
`;
}

/** @param {string} name @param {number} index @param {number} features @returns {[string, string][]} */
function hostFiles(name, index, features) {
  const chosen = Array.from({ length: CHOSEN }, (_, at) => COMMON + ((index * 29 + at * 3) % (features - COMMON)));
  const enabled = Array.from({ length: OPTION_MODULES }, (_, at) => at).filter((at) => (at + index) % 4 === 0);
  return [
    [
      "default.nix",
      `{
  imports = [
    ../../features/base.nix
    ./disks.nix
    ./hardware.nix
    ./services.nix
${[...new Set(chosen)].map((at) => `    ../../features/${featureName(at)}.nix`).join("\n")}
  ];
  system.stateVersion = "25.11";
}
`,
    ],
    [
      "hardware.nix",
      `{ lib, ... }:
{
  boot.initrd.availableKernelModules = [ "nvme" "xhci_pci" ];
  boot.loader.systemd-boot.enable = true;
  nixpkgs.hostPlatform = lib.mkDefault "x86_64-linux";
}
`,
    ],
    [
      "services.nix",
      `{
  services.openssh.enable = true;
  services.postgresql.enable = ${index % 2 === 0};
  fleet = {
${enabled.map((at) => `    ${optionName(at)} = {\n      enable = true;\n      settings.port = ${9000 + at};\n    };`).join("\n")}
  };
}
`,
    ],
    ["disks.nix", disks(name)],
  ];
}

/** @param {string} name */
function disks(name) {
  const btrfs = (subvolume, more = "") => `{
    device = "/dev/disk/by-label/${name}";
    fsType = "btrfs";
    options = [ "subvol=${subvolume}" "noatime" ];${more}
  }`;
  return `{ lib, ... }:
{
  fileSystems."/" = ${btrfs("root")};
  fileSystems."/nix" = ${btrfs("nix")};
  fileSystems."/persist" = ${btrfs("persist", "\n    neededForBoot = true;")};
  fileSystems."/boot" = {
    device = "/dev/disk/by-label/BOOT";
    fsType = "vfat";
  };
  boot.initrd.postResumeCommands = lib.mkAfter ''
    mkdir -p /mnt
    mount -o subvol=/ /dev/disk/by-label/${name} /mnt
    btrfs subvolume list -o /mnt/root | cut -f9 -d ' ' | while read -r subvolume; do
      btrfs subvolume delete "/mnt/$subvolume"
    done
    btrfs subvolume delete /mnt/root
    btrfs subvolume snapshot /mnt/blank /mnt/root
    umount /mnt
  '';
  environment.persistence."/persist" = {
    hideMounts = true;
    directories = [
      "/var/log"
      "/var/lib/nixos"
      "/var/lib/systemd"
      "/var/lib/postgresql"
    ];
    files = [
      "/etc/machine-id"
      "/etc/ssh/ssh_host_ed25519_key"
      "/etc/ssh/ssh_host_ed25519_key.pub"
    ];
  };
}
`;
}
