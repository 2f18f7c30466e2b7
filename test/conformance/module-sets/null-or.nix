# nullOr around lists, sets and submodules, with null at another priority.
{ lib }:
let
  inherit (lib) types mkOption mkForce mkDefault;
in
{
  modules = [
    { options = { a = mkOption { type = types.nullOr (types.listOf types.int); default = null; }; b = mkOption { type = types.nullOr (types.submodule { options.x = mkOption { type = types.int; default = 1; }; }); default = null; }; c = mkOption { type = types.nullOr types.int; default = 3; }; d = mkOption { type = types.nullOr types.int; default = null; }; e = mkOption { type = types.attrsOf (types.nullOr types.int); default = { }; }; f = mkOption { type = types.nullOr types.str; }; }; }
    { a = [ 1 ]; b = { }; c = mkForce null; d = null; e = { x = null; y = 1; }; f = mkDefault "weak"; }
    { a = [ 2 ]; c = 5; d = mkDefault 4; e.z = mkForce null; f = null; }
  ];
  read = config: config;
}
