# clan: machines by their folders, by name and in the inventory. What services of the inventory put on a machine is not
# known here, so that each machine of an inventory with services has a module that cannot be read.
{ lib, open, ... }:
let
  inherit (lib) mkOption types;
  raw = mkOption {
    type = types.raw;
    default = { };
  };

  clanModule =
    { self, nixpkgs, config, ... }:
    let
      folders =
        let
          path = config.directory + "/machines";
        in
        lib.attrNames (
          lib.filterAttrs (_: kind: kind == "directory") (lib.optionalAttrs (builtins.pathExists path) (builtins.readDir path))
        );
      written =
        let
          file = config.directory + "/inventory.json";
        in
        lib.optionalAttrs (builtins.pathExists file) (lib.importJSON file);
      inventoried = (written.machines or { }) // (config.inventory.machines or { });
      services =
        (written.instances or { })
        // (written.services or { })
        // (config.inventory.instances or { })
        // (config.inventory.services or { });
      names = lib.unique (folders ++ lib.attrNames config.machines ++ lib.attrNames inventoried);
      isNixos = name: (inventoried.${name}.machineClass or "nixos") == "nixos";

      unseen = (open "the inventory of clan, which gives machines modules," { }).services;
      moduleOf =
        name:
        let
          inFolder = file: config.directory + "/machines/${name}/${file}";
        in
        {
          imports =
            lib.filter builtins.pathExists (
              map inFolder [
                "configuration.nix"
                "hardware-configuration.nix"
                "disko.nix"
              ]
            )
            ++ lib.optional (config.machines ? ${name}) config.machines.${name}
            ++ lib.optional (services != { }) unseen;
          networking.hostName = lib.mkDefault name;
        };
      machine =
        name:
        nixpkgs.lib.nixosSystem {
          modules = [ (moduleOf name) ];
          specialArgs = {
            clan-core = open "clan-core" { };
            inherit self;
          }
          // config.specialArgs;
        };
    in
    {
      freeformType = types.lazyAttrsOf types.raw;
      options = {
        machines = mkOption {
          type = types.lazyAttrsOf types.deferredModule;
          default = { };
        };
        directory = mkOption {
          type = types.raw;
          default = self.outPath;
        };
        inventory = mkOption {
          type = types.anything;
          default = { };
        };
        meta = mkOption {
          type = types.anything;
          default = { };
        };
        specialArgs = raw;
        nixosConfigurations = raw;
        nixosModules = raw;
        clanInternals = raw;
      };
      config = {
        nixosConfigurations = lib.genAttrs (lib.filter isNixos names) machine;
        nixosModules = lib.listToAttrs (
          map (name: lib.nameValuePair "clan-machine-${name}" (moduleOf name)) (lib.filter isNixos names)
        );
      };
    };

  typeFor =
    { self, inputs, ... }:
    types.submoduleWith {
      modules = [ clanModule ];
      specialArgs = {
        inherit self;
        inherit (inputs) nixpkgs;
      };
    };

  # Called as a function the result is the set of modules itself; older flakes ask for the outputs directly.
  clan =
    { self, ... }@given:
    let
      result = lib.evalModules {
        modules = [
          clanModule
          (removeAttrs given [ "self" ])
        ];
        specialArgs = {
          inherit self;
          inherit (self.inputs) nixpkgs;
        };
      };
    in
    { inherit (result) config options; }
    // {
      inherit (result.config) nixosConfigurations nixosModules clanInternals;
    };

  flakeModule =
    { config, self, inputs, ... }:
    {
      options = {
        # The older place, where it still is in most flakes.
        clan = mkOption {
          type = types.deferredModule;
          default = { };
        };
        flake = mkOption {
          type = types.submoduleWith {
            modules = [
              {
                options.clan = mkOption {
                  type = typeFor { inherit self inputs; };
                  default = { };
                };
              }
            ];
          };
        };
      };
      config.flake =
        { config, ... }:
        {
          inherit (config.clan) nixosConfigurations nixosModules clanInternals;
        };
      imports = [ ({ config, ... }: { flake.clan = config.clan; }) ];
    };
in
open "clan-core" {
  lib = open "clan-core.lib" {
    inherit clan;
    buildClan = clan;
  };
  flakeModules = open "clan-core.flakeModules" {
    default = flakeModule;
    clan = flakeModule;
  };
  flakeModule = flakeModule;
}
