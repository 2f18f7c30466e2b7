# enum of texts, numbers and null; the same value given twice.
{ lib }:
let
  inherit (lib) types mkOption mkForce mkDefault;
in
{
  modules = [
    { options = { a = mkOption { type = types.enum [ "x" "y" ]; }; b = mkOption { type = types.enum [ 1 2 null ]; default = null; }; c = mkOption { type = types.listOf (types.enum [ "p" "q" ]); default = [ ]; }; d = mkOption { type = types.nullOr (types.enum [ "one" ]); default = "one"; }; }; }
    { a = "x"; b = mkDefault 1; c = [ "p" ]; d = mkForce null; }
    { a = "x"; c = [ "q" "p" ]; }
  ];
  read = config: config;
}
