# ez-configs: a flake module that makes a system of every file in the folder of configurations, with the folder's
# modules as outputs, and homes of the users that a host names.
{ lib, open, ... }:
let
  inherit (lib) mkOption types;

  attrs = mkOption {
    type = types.lazyAttrsOf types.raw;
    default = { };
  };
  boolean =
    default:
    mkOption {
      type = types.bool;
      inherit default;
    };

  # The modules of a folder by name: files, and folders with a `default.nix`.
  modulesIn =
    folder:
    let
      entries = builtins.readDir folder;
      isModule =
        name: entries.${name} == "regular" && lib.hasSuffix ".nix" name
        || builtins.pathExists "${folder}/${name}/default.nix";
    in
    if builtins.pathExists "${folder}.nix" then
      { default = folder; }
    else if !builtins.pathExists folder then
      { }
    else
      lib.listToAttrs (
        map (name: {
          name = lib.removeSuffix ".nix" name;
          value = if entries.${name} == "regular" then "${folder}/${name}" else "${folder}/${name}/default.nix";
        }) (lib.filter isModule (lib.attrNames entries))
      );

  # Modules that take some of their arguments already when they are read.
  withEarly =
    arguments:
    lib.mapAttrs (
      _: path:
      let
        module = import path;
        wanted = lib.functionArgs module;
        early = builtins.intersectAttrs wanted arguments;
      in
      if arguments == { } || !lib.isFunction module then
        path
      else
        lib.setFunctionArgs (given: module (given // early)) (removeAttrs wanted (lib.attrNames early))
    );

  flakeModule =
    { config, inputs, ... }:
    let
      settings = config.ezConfigs;
      folder =
        name:
        mkOption {
          type = types.nullOr types.path;
          default = if settings.root == null then null else "${settings.root}/${name}";
        };
      kind =
        name: more:
        {
          modulesDirectory = folder "${name}-modules";
          configurationsDirectory = folder "${name}-configurations";
          earlyModuleArgs = mkOption {
            type = types.lazyAttrsOf types.raw;
            default = settings.earlyModuleArgs;
          };
        }
        // more;
      argumentsOption = mkOption {
        type = types.lazyAttrsOf types.raw;
        default = settings.globalArgs;
      };
      hosts = mkOption {
        default = { };
        type = types.attrsOf (
          types.submodule {
            options = {
              importDefault = boolean true;
              userHomeModules = mkOption {
                type = types.listOf types.str;
                default = [ ];
              };
            };
          }
        );
      };
      users = mkOption {
        default = { };
        type = types.attrsOf (
          types.submodule {
            options = {
              nameFunction = mkOption {
                type = types.raw;
                default = null;
              };
              importDefault = boolean true;
              passInOsConfig = boolean true;
              standalone = attrs;
            };
          }
        );
      };

      inFolder = path: if path == null then { } else modulesIn path;
      modulesOf = given: withEarly given.earlyModuleArgs (inFolder given.modulesDirectory);
      homes = inFolder settings.home.configurationsDirectory;
      homeModules = modulesOf settings.home;
      nixosModules = modulesOf settings.nixos;

      homeOf = user: {
        imports = [
          homes.${user}
        ]
        ++ lib.optionals (settings.home.users.${user}.importDefault or true) [
          (homeModules.default or { })
          (homeModules.linux or { })
        ];
      };
      systemOf =
        name: module:
        let
          own = settings.nixos.hosts.${name} or { };
          users = own.userHomeModules or [ ];
        in
        inputs.nixpkgs.lib.nixosSystem {
          specialArgs = settings.nixos.specialArgs // {
            ezModules = nixosModules;
          };
          modules = [
            module
            { networking.hostName = lib.mkDefault name; }
          ]
          ++ lib.optional (own.importDefault or true) (nixosModules.default or { })
          ++ lib.optionals (users != [ ]) [
            inputs.home-manager.nixosModules.default
            {
              home-manager.extraSpecialArgs = settings.home.extraSpecialArgs // {
                ezModules = homeModules;
              };
              home-manager.users = lib.genAttrs users homeOf;
            }
          ];
        };
    in
    {
      options.ezConfigs = {
        root = mkOption {
          type = types.nullOr types.path;
          default = null;
        };
        globalArgs = attrs;
        earlyModuleArgs = attrs;
        nixos = kind "nixos" {
          specialArgs = argumentsOption;
          inherit hosts;
        };
        darwin = kind "darwin" {
          specialArgs = argumentsOption;
          inherit hosts;
        };
        home = kind "home" {
          extraSpecialArgs = argumentsOption;
          inherit users;
        };
      };
      config.flake = {
        inherit homeModules nixosModules;
        nixosConfigurations = lib.mapAttrs systemOf (inFolder settings.nixos.configurationsDirectory);
      };
    };
in
open "ez-configs" {
  inherit flakeModule;
  flakeModules = open "ez-configs.flakeModules" { default = flakeModule; };
}
