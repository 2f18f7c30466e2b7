# flake-parts in the checker's own words: `mkFlake` merges modules whose `flake` option is the outputs and whose
# `perSystem` option is evaluated once for each system. `evalModules` keeps what nobody declares and reports it.
{
  lib,
  evalModules,
  open,
  inputsOfFlake,
}:
let
  inherit (lib) mkOption types;

  lazyAttrs = type: mkOption {
    type = types.lazyAttrsOf type;
    default = { };
  };
  deferred = module: types.deferredModuleWith { staticModules = [ module ]; };

  # Outputs that modules give for one system and the flake shows for all.
  perSystemOutputs = {
    packages = lazyAttrs types.raw;
    legacyPackages = lazyAttrs types.raw;
    apps = lazyAttrs types.raw;
    checks = lazyAttrs types.raw;
    devShells = lazyAttrs types.raw;
    bundlers = lazyAttrs types.raw;
    formatter = mkOption {
      type = types.nullOr types.raw;
      default = null;
    };
  };

  # What `inputs'.x` and `self'` are: the outputs of a flake without the system in their paths.
  withoutSystem =
    names: system: flake:
    lib.genAttrs names (name: flake.${name}.${system} or { });

  core =
    {
      config,
      inputs,
      self,
      ...
    }:
    let
      evalFor =
        system:
        evalModules {
          modules = [ config.perSystem ];
          specialArgs = { inherit system; };
        };
      evaluated = lib.genAttrs config.systems evalFor;
      of = system: evaluated.${system} or (evalFor system);
      argumentsOf =
        system:
        let
          result = of system;
        in
        result._module.args
        // {
          inherit (result) config options;
          inherit lib system;
        };
      withSystem = system: f: f (argumentsOf system);
      outputNames = lib.attrNames config.transposition;
    in
    {
      options = {
        systems = mkOption {
          type = types.listOf types.str;
          default = [ ];
        };
        flake = mkOption {
          type = types.submoduleWith {
            modules = [
              {
                freeformType = types.lazyAttrsOf types.raw;
                options = {
                  nixosConfigurations = lazyAttrs types.raw;
                  nixosModules = lazyAttrs types.deferredModule;
                  # Declared by home-manager's and nix-darwin's own flake modules.
                  homeModules = lazyAttrs types.deferredModule;
                  homeManagerModules = lazyAttrs types.deferredModule;
                  darwinModules = lazyAttrs types.deferredModule;
                  overlays = lazyAttrs types.raw;
                };
              }
            ];
          };
          default = { };
        };
        perSystem = mkOption {
          default = { };
          type = deferred {
            options = perSystemOutputs;
            config._module.args = {
              pkgs = lib.mkOptionDefault inputs.nixpkgs.legacyPackages.x86_64-linux;
            };
          };
        };
        transposition = lazyAttrs types.raw;
        allSystems = lazyAttrs types.raw;
        perInput = mkOption {
          type = types.raw;
          default = withoutSystem outputNames;
        };
        debug = mkOption {
          type = types.bool;
          default = false;
        };
      };
      config = {
        transposition = lib.mapAttrs (_: _: { }) perSystemOutputs;
        allSystems = lib.mapAttrs (_: result: result.config) evaluated;
        perSystem =
          { system, ... }:
          {
            _module.args = {
              inputs' = lib.mapAttrs (_: withoutSystem outputNames system) inputs;
              self' = withoutSystem outputNames system self;
            };
          };
        flake = lib.genAttrs outputNames (
          name: lib.mkOptionDefault (lib.mapAttrs (_: result: result.config.${name}) evaluated)
        );
        _module.args = {
          inherit withSystem;
          getSystem = system: (of system).config;
          getSystemIgnoreWarning = system: (of system).config;
          # A module of a host that also takes arguments of the flake's `perSystem`.
          moduleWithSystem =
            module:
            { pkgs, ... }:
            {
              imports = [
                (
                  let
                    given = argumentsOf pkgs.stdenv.hostPlatform.system;
                  in
                  module (lib.mapAttrs (name: _: given.${name}) (lib.functionArgs module))
                )
              ];
            };
        };
      };
    };

  modules =
    { ... }:
    {
      options.flake = mkOption {
        type = types.submoduleWith {
          modules = [ { options.modules = lazyAttrs (types.lazyAttrsOf types.deferredModule); } ];
        };
      };
    };

  flakeModules =
    { ... }:
    {
      options.flake = mkOption {
        type = types.submoduleWith {
          modules = [ { options.flakeModules = lazyAttrs types.deferredModule; } ];
        };
      };
    };

  # Overlays made of packages change no host by themselves.
  easyOverlay =
    { ... }:
    {
      config.perSystem =
        { ... }:
        {
          options.overlayAttrs = lazyAttrs types.raw;
        };
    };

  # A partition is the same set of modules with more of them and more inputs, for some of the outputs.
  partitions =
    again:
    { config, inputs, self, ... }:
    let
      partition =
        { config, ... }:
        {
          options = {
            extraInputsFlake = mkOption {
              type = types.raw;
              default = null;
            };
            # Both may be set: then the inputs of both are added.
            extraInputs = lazyAttrs types.raw;
            module = mkOption {
              type = types.deferredModule;
              default = { };
            };
          };
          config.extraInputs = lib.mkIf (config.extraInputsFlake != null) (inputsOfFlake config.extraInputsFlake);
        };
    in
    {
      options = {
        partitions = lazyAttrs (types.submodule partition);
        partitionedAttrs = lazyAttrs types.str;
      };
      config.flake = lib.mapAttrs (
        output: name:
        let
          chosen = config.partitions.${name};
          more = inputs // chosen.extraInputs // { self = own; };
          own = self // { inputs = more; };
        in
        lib.mkForce (again more chosen.module).flake.${output}
      ) config.partitionedAttrs;
    };

  withoutPartitions =
    { ... }:
    {
      options = {
        partitions = lazyAttrs types.raw;
        partitionedAttrs = lazyAttrs types.raw;
      };
    };

  flakePartsLib = open "flake-parts.lib" {
    inherit mkFlake evalFlakeModule;
    mkPerSystemOption = module: mkOption { type = deferred module; };
    mkPerSystemType = deferred;
    mkDeferredModuleOption = module: mkOption { type = deferred module; };
    mkDeferredModuleType = deferred;
    mkSubmoduleOptions =
      options:
      mkOption {
        type = types.submoduleWith { modules = [ { inherit options; } ]; };
      };
    mkTransposedPerSystemModule =
      { name, option, ... }:
      {
        options = {
          flake = mkOption {
            type = types.submoduleWith {
              modules = [ { options.${name} = lazyAttrs option.type; } ];
            };
          };
          perSystem = mkOption { type = deferred { options.${name} = option; }; };
        };
        config.transposition.${name} = { };
      };
    inherit (lib.modules) importApply;
    inherit (lib) mkAliasOptionModule;
    importAndPublish = name: module: {
      imports = [
        module
        modules
      ];
      config.flake.modules.flake.${name} = module;
    };
  };

  evalFlakeModule =
    args: module:
    let
      inputs = args.inputs or args.self.inputs;
      evaluate =
        isPartition: inputs: added:
        evalModules {
          modules = [
            core
            (if isPartition then withoutPartitions else { })
            module
            added
          ];
          specialArgs = {
            inherit inputs;
            self = if isPartition then inputs.self else args.self or inputs.self;
            flake-parts-lib = flakePartsLib;
            moduleLocation = "flake.nix";
            partitionStack = if isPartition then [ "partition" ] else [ ];
            # Partitions are asked for by a module, which has to know the modules around it.
            __partitions =
              if isPartition then { } else partitions (more: extra: (evaluate true more extra).config);
          }
          // args.specialArgs or { };
        };
    in
    evaluate false inputs { };

  mkFlake = args: module: (evalFlakeModule args module).config.flake;
in
open "flake-parts" {
  lib = flakePartsLib;
  flakeModules = open "flake-parts.flakeModules" {
    inherit modules flakeModules easyOverlay;
    bundlers = { };
    partitions = { __partitions, ... }: { imports = [ __partitions ]; };
  };
}
