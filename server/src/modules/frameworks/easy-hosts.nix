# easy-hosts: a flake module whose `easy-hosts.hosts` are systems, made of the modules that all hosts share, those of
# their class, platform and tags, their own, and a file at their place in the folders.
{ lib, open, ... }:
let
  inherit (lib) mkOption types;

  attrs = mkOption {
    type = types.lazyAttrsOf types.raw;
    default = { };
  };
  contents = {
    modules = mkOption {
      type = types.listOf types.deferredModule;
      default = [ ];
    };
    specialArgs = attrs;
  };
  contentsOf = mkOption {
    type = types.functionTo (types.submodule { options = contents; });
    default = _: { };
  };
  nullOr =
    type:
    mkOption {
      type = types.nullOr type;
      default = null;
    };
  string =
    default:
    mkOption {
      type = types.str;
      inherit default;
    };
  boolean = mkOption {
    type = types.bool;
    default = false;
  };

  flakeModule =
    {
      config,
      inputs,
      withSystem,
      ...
    }:
    let
      settings = config.easy-hosts;
      inherit (inputs) self;
      classOf = class: ({ linux = "nixos"; } // settings.additionalClasses).${class} or class;
      platformOf = arch: class: "${arch}-${if classOf class == "darwin" then "darwin" else "linux"}";

      # Folders `x86_64-nixos/<host>`, or `<host>` where all are for one platform.
      foundIn =
        folder: platform:
        let
          parts = lib.splitString "-" platform;
          arch = lib.head parts;
          class = lib.elemAt parts 1;
        in
        lib.mapAttrs (name: _: {
          inherit arch class;
          path = "${folder}/${name}";
          system = platformOf arch class;
        }) (builtins.readDir folder);
      found =
        if settings.onlySystem != null then
          foundIn settings.path settings.onlySystem
        else
          lib.concatMapAttrs (platform: _: foundIn "${settings.path}/${platform}" platform) (
            lib.filterAttrs (_: kind: kind == "directory") (builtins.readDir settings.path)
          );

      host =
        { config, ... }:
        {
          options = contents // {
            nixpkgs = mkOption {
              type = types.raw;
              default = inputs.nixpkgs;
            };
            nix-darwin = mkOption {
              type = types.raw;
              default = null;
            };
            arch = string "x86_64";
            class = string "nixos";
            tags = mkOption {
              type = types.listOf types.str;
              default = [ ];
            };
            system = string (platformOf config.arch config.class);
            path = nullOr types.path;
            deployable = boolean;
          };
        };

      systemOf =
        name: given:
        let
          sources = [
            settings.shared
            given
          ]
          ++ map settings.perTag given.tags
          ++ [
            (settings.perClass given.class)
            (settings.perArch given.arch)
          ];
          places = lib.filter builtins.pathExists [
            "${self}/hosts/${name}/default.nix"
            "${self}/systems/${name}/default.nix"
          ];
        in
        given.nixpkgs.lib.nixosSystem {
          specialArgs = lib.foldl lib.recursiveUpdate { inherit inputs self; } (map (one: one.specialArgs) sources);
          modules =
            (if given.path != null then [ given.path ] else places)
            ++ [
              {
                _module.args = withSystem given.system ({ self', inputs', ... }: { inherit self' inputs'; });
                networking.hostName = lib.mkDefault name;
                nixpkgs.hostPlatform = lib.mkDefault given.system;
              }
            ]
            ++ lib.concatMap (one: one.modules) sources;
        };
    in
    {
      options.easy-hosts = {
        autoConstruct = boolean;
        path = nullOr types.path;
        onlySystem = nullOr types.str;
        shared = contents;
        perClass = contentsOf;
        perArch = contentsOf;
        perTag = contentsOf;
        additionalClasses = attrs;
        hosts = mkOption {
          type = types.attrsOf (types.submodule host);
          default = { };
        };
      };
      # The name that older configurations use.
      imports = [ (lib.mkAliasOptionModule [ "easyHosts" ] [ "easy-hosts" ]) ];
      config = {
        easy-hosts.hosts = lib.mkIf settings.autoConstruct found;
        flake.nixosConfigurations = lib.mapAttrs systemOf (
          lib.filterAttrs (_: given: classOf given.class != "darwin") settings.hosts
        );
      };
    };
in
open "easy-hosts" {
  inherit flakeModule;
  flakeModules = open "easy-hosts.flakeModules" { default = flakeModule; };
}
