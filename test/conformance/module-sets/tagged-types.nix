# attrTag: exactly one of several attributes, each with a type of its own.
{ lib }:
let
  inherit (lib) types mkOption;
  shape = types.attrTag { circle = mkOption { type = types.submodule { options.radius = mkOption { type = types.int; default = 1; }; }; }; text = mkOption { type = types.lines; }; list = mkOption { type = types.listOf types.int; }; };
in
{
  modules = [
    { options = { one = mkOption { type = shape; }; many = mkOption { type = types.attrsOf shape; default = { }; }; lines = mkOption { type = shape; }; }; }
    { one.circle = { radius = 3; }; many.a.list = [ 1 ]; many.b.circle = { }; lines.text = "x"; }
    { many.a.list = [ 2 ]; lines.text = "y"; }
  ];
  read = config: config;
}
