# A host of the tests through the module system of nixpkgs: { lib, host } to what the modules set.
# Options of NixOS that the modules write are declared as anything, those of the modules have their own types.
{
  lib,
  host,
}:
let
  lib' = import lib;
  anything = lib'.mkOption {
    type = lib'.types.attrsOf lib'.types.anything;
    default = { };
  };
  nixos = {
    options = {
      assertions = lib'.mkOption { type = lib'.types.listOf lib'.types.anything; };
      fileSystems = anything;
      systemd = anything;
      services = anything;
      environment = anything;
      preservation = anything;
      disko = anything;
      users = anything;
      system = anything;
      boot.loader = anything;
      boot.kernel = anything;
      boot.initrd = {
        supportedFilesystems = lib'.mkOption { type = lib'.types.listOf lib'.types.str; };
        systemd.enable = lib'.mkEnableOption "systemd";
        systemd.services = anything;
        postResumeCommands = lib'.mkOption {
          type = lib'.types.lines;
          default = "";
        };
      };
    };
  };
  given = (import host).outputs {
    nixpkgs.lib.nixosSystem = { modules, ... }: modules;
    impermanence.nixosModules.impermanence = { };
    preservation.nixosModules.preservation = { };
    # What disko makes of the layout is not looked at; that its mount points are there is.
    disko.nixosModules.disko =
      { config, lib, ... }:
      {
        fileSystems = lib.genAttrs (
          [ "/" ] ++ lib.attrValues config.pantherOS.serverImpermanence.layout.subvolumes
        ) (_: { options = [ "subvol=root" ]; device = "/dev/disk/by-partlabel/disk-main-root"; }) // {
          "/boot" = { };
        };
      };
  };
  evaluated = lib'.evalModules {
    modules = [ nixos ] ++ given.nixosConfigurations.server;
    specialArgs = {
      pkgs = {
        btrfs-progs = "btrfs-progs";
        coreutils = "coreutils";
        util-linux = "util-linux";
        gawk = "gawk";
      };
      utils.escapeSystemdPath = path: lib'.replaceStrings [ "/" "-" ] [ "-" "\\x2d" ] (lib'.removePrefix "/" path);
    };
  };
  inherit (evaluated) config;
in
{
  failed = map (one: one.message) (lib'.filter (one: !one.assertion) config.assertions);
  "boot.initrd.systemd.services" = config.boot.initrd.systemd.services;
  "systemd.services" = lib'.mapAttrs (
    _: unit: unit // (if unit ? path then { path = [ ]; } else { })
  ) (lib'.filterAttrs (name: _: lib'.hasPrefix "server-" name) (config.systemd.services or { }));
  "systemd.timers" = config.systemd.timers or { };
  inherit (config.boot.initrd) postResumeCommands;
  options = map (option: {
    inherit (option) name;
    type = option.type;
    default = option.default.text or null;
    internal = option.internal;
    inherit (option) description;
  }) (lib'.filter (option: lib'.hasPrefix "pantherOS" option.name) (lib'.optionAttrSetToDocList evaluated.options));
}
