# freeformType beside declared options, in submodules, of several kinds.
{ lib }:
let
  inherit (lib) types mkOption mkForce mkDefault mkIf;
  section = types.submodule { freeformType = types.attrsOf (types.oneOf [ types.int types.str (types.listOf types.str) ]); options.port = mkOption { type = types.port; default = 80; }; };
in
{
  modules = [
    { options = { settings = mkOption { type = section; default = { }; }; many = mkOption { type = types.attrsOf section; default = { }; }; any = mkOption { type = types.submodule { freeformType = types.anything; }; default = { }; }; }; }
    { settings = { name = "x"; list = [ "a" ]; port = mkForce 443; }; many.a.level = 1; any = { deep.er = 1; }; }
    { settings = { list = [ "b" ]; level = mkDefault 1; hidden = mkIf false 2; }; many = { a.port = 1; b = { }; }; any.deep.est = [ 1 ]; }
  ];
  read = config: config;
}
