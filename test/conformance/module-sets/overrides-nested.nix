# Overrides inside of overrides, around sets and around single attributes.
{ lib }:
let
  inherit (lib) types mkOption mkForce mkDefault mkOverride mkIf mkMerge;
in
{
  modules = [
    { options = { a = mkOption { type = types.int; default = 0; }; b = mkOption { type = types.listOf types.int; default = [ 9 ]; }; s = mkOption { type = types.attrsOf types.int; default = { z = 1; }; }; g.x = mkOption { type = types.int; }; g.y = mkOption { type = types.int; }; }; }
    { a = mkForce 1; b = mkMerge [ (mkForce [ 1 ]) (mkIf true (mkForce [ 2 ])) ]; s = mkForce { x = 1; y = mkDefault 2; }; g = mkForce { x = 1; }; }
    { a = mkDefault 2; b = [ 3 ]; s = { y = 3; w = 4; }; g = { x = 2; y = mkOverride 90 3; }; }
    { g.y = 4; }
  ];
  read = config: config;
}
