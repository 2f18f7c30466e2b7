# blueprint: hosts, modules and homes by their place in the folders.
{ lib, open, ... }:
let
  # Nix files and folders of a folder: name to path; files win over folders.
  entriesOf =
    path:
    let
      entries = if builtins.pathExists path then builtins.readDir path else { };
      folders = lib.filterAttrs (_: kind: kind == "directory") entries;
      files = lib.filterAttrs (name: kind: kind != "directory" && lib.hasSuffix ".nix" name) entries;
    in
    lib.mapAttrs (name: _: path + "/${name}") folders
    // lib.mapAttrs' (name: _: lib.nameValuePair (lib.removeSuffix ".nix" name) (path + "/${name}")) files;

  isFolder = path: builtins.readFileType path == "directory";

  blueprint =
    {
      inputs,
      prefix ? "",
      systems ? null,
      nixpkgs ? { },
      ...
    }:
    let
      flake = inputs.self;
      src = flake.outPath + (if prefix == "" then "" else "/${toString prefix}");
      specialArgs = {
        inherit inputs flake;
      };
      perSystemFor =
        system:
        lib.mapAttrs (
          _: input: (input.legacyPackages.${system} or { }) // (input.packages.${system} or { })
        ) inputs;
      perSystem =
        { pkgs, ... }:
        {
          _module.args.perSystem = perSystemFor pkgs.stdenv.hostPlatform.system;
        };

      homesOf =
        host:
        lib.filterAttrs (_: home: home != null) (
          lib.mapAttrs (
            _: path:
            if !isFolder path then
              path
            else if builtins.pathExists (path + "/home-configuration.nix") then
              path + "/home-configuration.nix"
            else
              null
          ) (entriesOf (src + "/hosts/${host}/users"))
        );
      homes =
        host:
        lib.optional (homesOf host != { }) {
          imports = [ inputs.home-manager.nixosModules.default ];
          home-manager = {
            extraSpecialArgs = specialArgs;
            users = homesOf host;
            useGlobalPkgs = lib.mkDefault true;
            useUserPackages = lib.mkDefault true;
          };
        };

      nixos =
        host: path:
        inputs.nixpkgs.lib.nixosSystem {
          modules = [
            perSystem
            path
          ]
          ++ homes host;
          specialArgs = specialArgs // {
            hostName = host;
          };
        };
      hostOf =
        name: path:
        if !isFolder path then
          null
        else if builtins.pathExists (path + "/default.nix") then
          let
            made = import (path + "/default.nix") {
              inherit flake inputs;
              hostName = name;
            };
          in
          if made.class == "nixos" then made.value else null
        else if builtins.pathExists (path + "/configuration.nix") then
          nixos name (path + "/configuration.nix")
        else if builtins.pathExists (path + "/rpi-configuration.nix") then
          inputs.nixos-raspberrypi.lib.nixosSystem
        else
          null;

      modulesOf =
        kind:
        lib.mapAttrs (
          _: path:
          let
            file = if isFolder path then path + "/default.nix" else path;
            value = import file;
            arguments = if lib.isFunction value then lib.attrNames (lib.functionArgs value) else [ "none" ];
            # A function of nothing but the flake makes the module; every other function is one.
            isWrapper = lib.all (name: name == "flake" || name == "inputs") arguments;
          in
          if isWrapper then value { inherit flake inputs; } else file
        ) (entriesOf (src + "/modules/${kind}"));
      libFile = src + "/lib/default.nix";
    in
    open "the outputs of blueprint" {
      nixosConfigurations = lib.filterAttrs (_: host: host != null) (lib.mapAttrs hostOf (entriesOf (src + "/hosts")));
      nixosModules = modulesOf "nixos";
      homeModules = modulesOf "home";
      darwinModules = modulesOf "darwin";
      modules = lib.mapAttrs (kind: _: modulesOf kind) (entriesOf (src + "/modules"));
      lib = if builtins.pathExists libFile then import libFile { inherit flake inputs; } else { };
    };
in
open "blueprint" {
  __functor = _: blueprint;
}
