# clan: machines by their folders, by name and in the inventory, with what its services put on them.
{
  lib,
  open,
  known,
  services,
  seen,
  ...
}:
let
  inherit (lib) mkOption types;
  # Host keys are secrets of the clan, which it places at each boot; where depends on how it keeps secrets.
  sshd = {
    roles.server = {
      interface.freeformType = types.lazyAttrsOf types.anything;
      perInstance.nixosModule.services.openssh = {
        enable = true;
        settings.PasswordAuthentication = false;
        hostKeys = [
          {
            inherit (open "secrets of clan" { }) path;
            type = "ed25519";
          }
        ];
      };
    };
    roles.client.interface.freeformType = types.lazyAttrsOf types.anything;
  };
  # clan's own services change no filesystem and persist nothing; that which makes installers is another matter.
  official = seen.clan.modules // {
    importer = { };
    inherit sshd;
    inherit (open "installers of clan" { }) installer;
  };
  inherit
    (services {
      inherit lib open known official;
    })
    inventory
    modulesFor
    ;
  raw = mkOption {
    type = types.raw;
    default = { };
  };

  clanModule =
    { self, inputs, config, ... }:
    let
      inherit (inputs) nixpkgs;
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
      inventoried = config.inventory.machines;
      names = lib.unique (folders ++ lib.attrNames config.machines ++ lib.attrNames inventoried);
      isNixos = name: (inventoried.${name}.machineClass or "nixos") == "nixos";

      modulesOf = modulesFor { inherit config inputs names; };
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
            ++ modulesOf name;
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
          type = inventory;
          default = { };
        };
        # Services of the workspace.
        modules = mkOption {
          type = types.lazyAttrsOf types.raw;
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
        inventory = written;
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
        inherit self inputs;
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
          inherit (self) inputs;
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
  clan.modules = official;
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
