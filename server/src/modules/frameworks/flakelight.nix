# flakelight: `flakelight ./. module` merges modules whose `nixosConfigurations` are systems, or what nixosSystem is to
# be called with. What lies in the folder `nix` under an option's name, or an alias of it, is a definition of it.
{
  lib,
  open,
  evalModules,
  inputsOfFlake,
}:
let
  inherit (lib) mkOption types;

  raw = mkOption {
    type = types.raw;
    default = null;
  };
  # Options that say nothing of hosts.
  others = lib.genAttrs [
    "apps"
    "app"
    "bundler"
    "bundlers"
    "checks"
    "description"
    "devShell"
    "devShells"
    "editorconfig"
    "flakelight"
    "flakelightModule"
    "flakelightModules"
    "formatter"
    "formatters"
    "functor"
    "homeConfigurations"
    "legacyPackages"
    "nixpkgs"
    "overlay"
    "overlays"
    "package"
    "packages"
    "perSystem"
    "pname"
    "systems"
    "template"
    "templates"
    "withOverlays"
  ] (_: raw);

  withoutSystem = system: lib.mapAttrs (_: output: output.${system} or { });

  mkFlake =
    extra: src: root:
    let
      base =
        {
          config,
          options,
          ...
        }:
        let
          arguments = config._module.args // {
            inherit lib config options flakelight src;
            inherit (config) inputs outputs;
            moduleArgs = arguments;
          };
          # Sets that may be written as functions of the flake's arguments.
          called =
            type: types.coercedTo (types.addCheck types.raw lib.isFunction) (make: make arguments) type;
          calledAttrs = type: mkOption {
            type = called (types.lazyAttrsOf type);
            default = { };
          };

          entriesOf =
            folder:
            let
              entries = builtins.readDir folder;
              isModule =
                name:
                name != "default.nix" && (lib.hasSuffix ".nix" name || builtins.pathExists (folder + "/${name}/default.nix"));
            in
            lib.listToAttrs (
              map (name: {
                name = lib.removePrefix "_" (lib.removeSuffix ".nix" name);
                value = folder + "/${name}";
              }) (lib.filter isModule (lib.attrNames entries))
            );
          fromFolder =
            isPaths: name:
            let
              place = config.nixDir + "/${name}";
            in
            if builtins.pathExists (config.nixDir + "/${name}.nix") then
              [ (import (config.nixDir + "/${name}.nix")) ]
            else if builtins.pathExists (place + "/default.nix") then
              [ (import place) ]
            else if builtins.pathExists place then
              [ (if isPaths then entriesOf place else lib.mapAttrs (_: path: import path) (entriesOf place)) ]
            else
              [ ];
          inFolder =
            isPaths: name:
            lib.mkMerge (
              if config.nixDir == null then
                [ ]
              else
                lib.concatMap (fromFolder isPaths) ([ name ] ++ config.nixDirAliases.${name} or [ ])
            );

          passed =
            { pkgs, ... }:
            {
              _module.args.flake = {
                inputs' = withoutSystem pkgs.stdenv.hostPlatform.system config.inputs;
                outputs' = withoutSystem pkgs.stdenv.hostPlatform.system config.outputs;
              }
              // arguments;
            };
          systemOf =
            hostname: given:
            if (given._type or null) == "configuration" then
              given
            else
              config.inputs.nixpkgs.lib.nixosSystem (
                given
                // {
                  specialArgs = {
                    inherit hostname;
                    inherit (config) inputs;
                  }
                  // given.specialArgs or { };
                  modules = [
                    passed
                    { home-manager.sharedModules = [ passed ]; }
                    ({ flake, ... }: { _module.args = { inherit (flake) inputs'; }; })
                  ]
                  ++ given.modules or [ ];
                }
              );
        in
        {
          options = others // {
            inputs = mkOption { type = types.lazyAttrsOf types.raw; };
            nixDir = mkOption {
              type = types.raw;
              default = src + "/nix";
            };
            nixDirAliases = mkOption {
              type = types.attrsOf (types.listOf types.str);
              default = { };
            };
            nixDirPathAttrs = mkOption {
              type = types.listOf types.str;
              default = [ ];
            };
            nixosConfigurations = calledAttrs (called types.raw);
            nixosModule = raw;
            nixosModules = calledAttrs types.deferredModule;
            homeModule = raw;
            homeModules = calledAttrs types.deferredModule;
            lib = calledAttrs types.raw;
            outputs = mkOption {
              default = { };
              type = called (
                types.submoduleWith {
                  modules = [
                    {
                      freeformType = types.lazyAttrsOf types.raw;
                      options = lib.genAttrs [ "nixosConfigurations" "nixosModules" "homeModules" "lib" ] (
                        _:
                        mkOption {
                          type = types.lazyAttrsOf types.raw;
                          default = { };
                        }
                      );
                    }
                  ];
                }
              );
            };
          };
          config = {
            _module.args = {
              inherit (config) inputs outputs;
              moduleArgs = arguments;
            };
            inputs = lib.mapAttrs (_: lib.mkOverride 950) (inputsOfFlake src);
            nixDirAliases = {
              nixosConfigurations = [ "nixos" ];
              homeConfigurations = [ "home" ];
            };
            nixosConfigurations = inFolder false "nixosConfigurations";
            nixosModules = lib.mkMerge [
              (inFolder true "nixosModules")
              (lib.mkIf (config.nixosModule != null) { default = config.nixosModule; })
            ];
            homeModules = lib.mkMerge [
              (inFolder true "homeModules")
              (lib.mkIf (config.homeModule != null) { default = config.homeModule; })
            ];
            lib = inFolder false "lib";
            outputs = {
              inherit (config) nixosModules homeModules lib;
              nixosConfigurations = lib.mapAttrs systemOf config.nixosConfigurations;
            };
          };
        };
    in
    (evalModules {
      modules = [
        base
        root
      ]
      ++ extra;
      specialArgs = {
        inherit src flakelight;
        moduleLocation = "flake.nix";
      };
    }).config.outputs;

  callable = extra: {
    __functor = _: mkFlake extra;
    extend = more: callable (extra ++ more);
  };
  flakelight = open "flakelight.lib" {
    mkFlake = callable [ ];
    selectAttr = withoutSystem;
  };
in
open "flakelight" {
  __functor = _: mkFlake [ ];
  lib = flakelight;
}
