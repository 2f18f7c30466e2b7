# One option declared by two modules: the types are merged, the defaults and descriptions come from either.
{ lib }:
let
  inherit (lib) types mkOption;
in
{
  modules = [
    { options = { e = mkOption { type = types.enum [ "a" ]; }; l = mkOption { type = types.listOf (types.enum [ 1 ]); default = [ ]; }; n = mkOption { type = types.nullOr (types.enum [ "p" ]); default = null; }; i = mkOption { type = types.int; default = 1; }; s = mkOption { type = types.attrsOf (types.submodule { options.x = mkOption { type = types.int; default = 1; }; }); default = { }; }; }; }
    { options = { e = mkOption { type = types.enum [ "b" ]; }; l = mkOption { type = types.listOf (types.enum [ 2 ]); }; n = mkOption { type = types.nullOr (types.enum [ "q" ]); }; i = mkOption { type = types.int; }; s = mkOption { type = types.attrsOf (types.submodule { options.y = mkOption { type = types.int; default = 2; }; }); }; }; }
    { e = "b"; l = [ 1 2 ]; n = "q"; i = 3; s.k = { x = 5; }; }
  ];
  read = config: config;
}
