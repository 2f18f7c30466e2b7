# either and oneOf with several definitions of each kind.
{ lib }:
let
  inherit (lib) types mkOption mkForce mkIf;
in
{
  modules = [
    { options = { a = mkOption { type = types.either types.str (types.listOf types.str); }; b = mkOption { type = types.either (types.listOf types.int) (types.attrsOf types.int); default = [ ]; }; c = mkOption { type = types.oneOf [ types.int types.bool (types.attrsOf types.str) ]; }; d = mkOption { type = types.either types.lines (types.listOf types.int); default = ""; }; e = mkOption { type = types.nullOr (types.either types.int types.str); default = null; }; }; }
    { a = [ "x" ]; b.x = 1; c = { k = "v"; }; d = "one"; e = mkIf false 3; }
    { a = [ "y" ]; b = { y = 2; }; c.l = "w"; d = "two"; }
    { a = mkIf false "other"; }
  ];
  read = config: config;
}
