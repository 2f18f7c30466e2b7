# flake-utils: outputs written once for every system.
{ lib, open, ... }:
let
  defaultSystems = [
    "aarch64-linux"
    "x86_64-linux"
    "aarch64-darwin"
    "x86_64-darwin"
  ];
  allSystems = lib.systems.doubles.all or defaultSystems;

  # { packages.<system> = … } from a function of the system; one system's outputs are read only when asked for.
  eachSystem =
    systems: f:
    let
      outputs = lib.genAttrs systems f;
      names = lib.unique (lib.concatMap (system: lib.attrNames outputs.${system}) systems);
    in
    lib.genAttrs names (
      name:
      lib.mapAttrs (_: output: output.${name}) (lib.filterAttrs (_: output: output ? ${name}) outputs)
    );
  passThrough = systems: f: lib.foldl' (all: system: all // f system) { } systems;
in
open "flake-utils" {
  lib = open "flake-utils.lib" {
    inherit allSystems defaultSystems eachSystem;
    eachDefaultSystem = eachSystem defaultSystems;
    eachSystemPassThrough = passThrough;
    eachDefaultSystemPassThrough = passThrough defaultSystems;
    eachSystemMap = lib.genAttrs;
    eachDefaultSystemMap = lib.genAttrs defaultSystems;
    system = lib.listToAttrs (
      map (name: {
        inherit name;
        value = name;
      }) (defaultSystems ++ [ "i686-linux" "armv7l-linux" "riscv64-linux" ])
    );
    mkApp =
      {
        drv,
        name ? drv.pname or drv.name,
        exePath ? "/bin/${name}",
      }:
      {
        type = "app";
        program = "${drv}${exePath}";
      };
    filterPackages = _: packages: packages;
    flattenTree = tree: tree;
    meld =
      inputs: flakes:
      lib.foldl' lib.recursiveUpdate { } (map (path: import path inputs) flakes);
  };
}
