# The entry of a nixpkgs checkout that scripts/catalogue.mjs evaluates.
{ system, modules }:
let
  lib = import ../../lib;
in
lib.evalModules {
  modules = import ../modules/module-list.nix ++ modules;
  specialArgs = {
    inherit lib system;
    pkgs = throw "this nixpkgs has no packages";
  };
}
