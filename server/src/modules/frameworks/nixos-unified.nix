# nixos-unified: flake-parts with modules from a folder, and hosts from another.
{ lib, open, ... }:
let
  entriesOf =
    folder:
    let
      entries = if builtins.pathExists folder then builtins.readDir folder else { };
    in
    lib.concatMapAttrs (
      name: kind:
      let
        path = folder + "/${name}";
      in
      if kind == "regular" && lib.hasSuffix ".nix" name then
        { ${lib.removeSuffix ".nix" name} = path; }
      else if kind == "directory" && builtins.pathExists (path + "/default.nix") then
        { ${name} = path; }
      else
        { }
    ) entries;

  mkFlake =
    {
      inputs,
      root,
      systems ? [
        "x86_64-linux"
        "x86_64-darwin"
        "aarch64-linux"
        "aarch64-darwin"
      ],
      specialArgs ? { },
    }:
    let
      # The first of these folders that is there.
      folder = lib.findFirst (name: builtins.pathExists (root + "/${name}")) (throw "there is no folder of flake modules") [
        "nix/modules/flake"
        "modules/flake"
        "nix/modules/flake-parts"
        "modules/flake-parts"
      ];
      modules = root + "/${folder}";
    in
    inputs.flake-parts.lib.mkFlake { inherit inputs specialArgs; } {
      inherit systems;
      _module.args = { inherit root; };
      imports = map (name: modules + "/${name}") (lib.attrNames (builtins.readDir modules));
    };

  metadata =
    { ... }:
    {
      options.nixos-unified = lib.mkOption {
        type = lib.types.submodule {
          freeformType = lib.types.lazyAttrsOf lib.types.raw;
          options.sshTarget = lib.mkOption {
            type = lib.types.nullOr lib.types.str;
            default = null;
          };
        };
        default = { };
      };
    };

  functionsOf =
    { self, inputs, config, ... }:
    let
      common.flake = { inherit self inputs config; };
      home =
        { config, ... }:
        {
          home.homeDirectory = lib.mkDefault "/home/${config.home.username}";
        };
    in
    open "nixos-unified.lib" {
      specialArgsFor = {
        inherit common;
        nixos = common;
        darwin = common;
      };
      mkLinuxSystem =
        {
          home-manager ? false,
        }:
        module:
        inputs.nixpkgs.lib.nixosSystem {
          specialArgs = common;
          modules = [
            metadata
            module
          ]
          ++ lib.optional home-manager {
            imports = [ inputs.home-manager.nixosModules.home-manager ];
            home-manager = {
              useGlobalPkgs = true;
              useUserPackages = true;
              extraSpecialArgs = common;
              sharedModules = [ home ];
            };
          };
        };
      mkMacosSystem = _: _: { };
      mkHomeConfiguration = _: _: { };
    };

  flakeModule =
    { self, inputs, config, ... }:
    {
      config.flake.nixos-unified.lib = functionsOf { inherit self inputs config; };
    };

  autoWire =
    { self, ... }:
    let
      inFolder = name: entriesOf (self.outPath + "/${name}");
    in
    {
      config.flake = {
        nixosConfigurations = lib.mapAttrs (
          _: self.nixos-unified.lib.mkLinuxSystem { home-manager = true; }
        ) (inFolder "configurations/nixos");
        nixosModules = inFolder "modules/nixos";
        homeModules = inFolder "modules/home";
        darwinModules = inFolder "modules/darwin";
      };
    };
in
open "nixos-unified" {
  lib = open "nixos-unified.lib" { inherit mkFlake; };
  inherit flakeModule;
  flakeModules = open "nixos-unified.flakeModules" {
    default = flakeModule;
    autoWire = autoWire;
  };
}
