# Nested submodules with either types: disks, partitions, contents, subvolumes with mount options.
{ lib }:
let
  inherit (lib) types mkOption;
  subvolume = types.submodule ({ name, config, ... }: {
    options = {
      name = mkOption { type = types.str; default = name; };
      mountpoint = mkOption { type = types.nullOr types.str; default = null; };
      mountOptions = mkOption { type = types.listOf types.str; default = [ "defaults" ]; apply = options: options ++ [ "subvol=${config.name}" ]; };
    };
  });
  content = types.submodule {
    options = {
      type = mkOption { type = types.enum [ "btrfs" "filesystem" "swap" ]; };
      subvolumes = mkOption { type = types.attrsOf (types.either subvolume types.attrs); default = { }; };
      format = mkOption { type = types.nullOr types.str; default = null; };
      extraArgs = mkOption { type = types.listOf types.str; default = [ ]; };
    };
  };
in
{
  modules = [
    {
      options.disko.devices = mkOption {
        default = { };
        type = types.submodule {
          options.disk = mkOption { default = { }; type = types.attrsOf (types.submodule ({ name, ... }: {
            options = {
              device = mkOption { type = types.str; default = "/dev/disk/${name}"; };
              content.type = mkOption { type = types.str; default = "gpt"; };
              content.partitions = mkOption { default = { }; type = types.attrsOf (types.submodule ({ name, config, ... }: {
                options = { label = mkOption { type = types.str; default = "disk-${name}"; }; size = mkOption { type = types.either (types.enum [ "100%" ]) (types.strMatching "[0-9]+[KMGTP]?"); default = "0"; }; priority = mkOption { type = types.int; default = if config.size == "100%" then 9001 else 1000; }; content = mkOption { type = types.nullOr content; default = null; }; };
              })); };
            };
          })); };
        };
      };
    }
    { disko.devices.disk.main = { device = "/dev/vda"; content.partitions.ESP = { size = "512M"; content = { type = "filesystem"; format = "vfat"; }; }; }; }
    {
      disko.devices.disk.main.content.partitions.root = {
        size = "100%";
        content = { type = "btrfs"; extraArgs = [ "-f" ]; subvolumes = { "@root".mountpoint = "/"; "@nix" = { mountpoint = "/nix"; mountOptions = [ "noatime" ]; }; }; };
      };
    }
    ({ config, ... }: { disko.devices.disk.main.content.partitions.root.content.subvolumes = lib.genAttrs [ "@persist" "@log" ] (name: { mountpoint = "/${lib.removePrefix "@" name}"; }); })
    { disko.devices.disk.spare = { }; }
  ];
  read = config: config.disko.devices;
}
