# uniq and unique take one definition, whatever its priority.
{ lib }:
let
  inherit (lib) types mkOption mkForce mkDefault;
in
{
  modules = [
    { options = { a = mkOption { type = types.uniq (types.listOf types.int); }; b = mkOption { type = types.unique { message = "Once only."; } types.str; default = "d"; }; c = mkOption { type = types.attrsOf (types.uniq types.int); default = { }; }; d = mkOption { type = types.uniq (types.nullOr types.str); default = null; }; }; }
    { a = mkForce [ 1 2 ]; b = mkDefault "weak"; c.x = 1; }
    { a = [ 3 ]; b = "strong"; c.y = mkForce 2; }
    { c.y = 3; }
  ];
  read = config: config;
}
