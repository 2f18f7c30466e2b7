import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Where the generated host keeps its list of modules. */
export const HOST = "hosts/server/default.nix";

/**
 * A flake of one impermanent host that is made of many files: each but three declares options, sets
 * some under `mkIf` and persists directories, as grown configurations do.
 *
 * @param {number} count how many files, at least 4
 * @returns {Map<string, string>} texts by path from the flake's folder
 */
export function generatedFlake(count = 300) {
  const modules = count - 3;
  const files = new Map([
    ["flake.nix", flake],
    ["modules/layout.nix", layout],
    [HOST, host(modules)],
  ]);
  for (let index = 0; index < modules; index++) files.set(modulePath(index), module(index));
  return files;
}

/** @param {number} index */
export function modulePath(index) {
  return `modules/services/${serviceName(index)}.nix`;
}

/**
 * Writes the files below a folder.
 *
 * @param {string} folder
 * @param {Map<string, string>} files
 */
export function writeFiles(folder, files) {
  for (const [path, text] of files) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

/** @param {number} index */
function serviceName(index) {
  return `app-${String(index).padStart(3, "0")}`;
}

const flake = `{
  description = "Generated: one host of many files";
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
  inputs.impermanence.url = "github:nix-community/impermanence";
  outputs =
    { nixpkgs, impermanence, ... }@inputs:
    {
      nixosConfigurations.server = nixpkgs.lib.nixosSystem {
        system = "x86_64-linux";
        specialArgs = { inherit inputs; };
        modules = [
          impermanence.nixosModules.impermanence
          ./hosts/server
        ];
      };
    };
}
`;

const layout = `{
  fileSystems."/" = {
    device = "none";
    fsType = "tmpfs";
    options = [ "size=2G" "mode=755" ];
  };
  fileSystems."/boot" = {
    device = "/dev/disk/by-label/BOOT";
    fsType = "vfat";
  };
  fileSystems."/nix" = {
    device = "/dev/disk/by-label/main";
    fsType = "btrfs";
    options = [ "subvol=nix" "noatime" ];
  };
  fileSystems."/persist" = {
    device = "/dev/disk/by-label/main";
    fsType = "btrfs";
    options = [ "subvol=persist" "noatime" ];
    neededForBoot = true;
  };
  environment.persistence."/persist" = {
    hideMounts = true;
    directories = [
      "/var/log"
      "/var/lib/nixos"
      "/var/lib/systemd"
    ];
    files = [ "/etc/machine-id" ];
  };
}
`;

/** @param {number} modules */
function host(modules) {
  const names = Array.from({ length: modules }, (_, index) => serviceName(index));
  return `{ ... }:
{
  imports = [
    ../../modules/layout.nix
${names.map((name) => `    ../../modules/services/${name}.nix`).join("\n")}
  ];
  networking.hostName = "server";
  system.stateVersion = "25.11";
  my.services = {
${names.map((name, index) => `    ${name}.enable = ${index % 3 !== 2};`).join("\n")}
  };
}
`;
}

/** @param {number} index */
function module(index) {
  const name = serviceName(index);
  const before = serviceName(Math.max(0, index - 1));
  return `# The service ${name} and where its state lives.
{ config, lib, ... }:
let
  cfg = config.my.services.${name};
  inherit (lib) mkIf mkMerge mkOption types;
in
{
  options.my.services.${name} = {
    enable = lib.mkEnableOption "${name}";
    dataDir = mkOption {
      type = types.str;
      default = "/var/lib/${name}";
      description = "Where the data lives.";
    };
    port = mkOption {
      type = types.port;
      default = ${8000 + index};
    };
    backup = mkOption {
      type = types.bool;
      default = cfg.enable;
    };
  };

  config = mkIf cfg.enable (mkMerge [
    {
      environment.persistence."/persist".directories = [
        {
          directory = cfg.dataDir;
          user = "${name}";
          mode = "0700";
        }
        "/var/log/${name}"
      ];
      users.users.${name} = {
        isSystemUser = true;
        group = "${name}";
        home = cfg.dataDir;
      };
      users.groups.${name} = { };
      systemd.services.${name} = {
        description = "The service ${name}";
        wantedBy = [ "multi-user.target" ];
        after = [ "network.target" ] ++ lib.optional config.my.services.${before}.enable "${before}.service";
        environment.PORT = toString cfg.port;
        serviceConfig = {
          User = "${name}";
          StateDirectory = "${name}";
          Restart = "on-failure";
        };
      };
    }
    (mkIf cfg.backup {
      systemd.services."backup-${name}" = {
        startAt = "daily";
        script = ''
          tar -czf /persist/backup/${name}.tar.gz "\${cfg.dataDir}"
        '';
      };
    })
  ]);
}
`;
}
