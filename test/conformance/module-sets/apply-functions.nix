# apply sees the merged value, also of defaults and of null; options of submodules have their own.
{ lib }:
let
  inherit (lib) types mkOption;
in
{
  modules = [
    { options = { a = mkOption { type = types.listOf types.int; default = [ ]; apply = lib.foldl' (x: y: x + y) 0; }; b = mkOption { type = types.nullOr types.str; default = null; apply = x: if x == null then "none" else "<${x}>"; }; c = mkOption { type = types.str; apply = lib.toUpper; }; s = mkOption { default = { }; apply = lib.mapAttrs (_: v: v.x); type = types.attrsOf (types.submodule { options.x = mkOption { type = types.int; default = 2; apply = x: x * 10; }; }); }; }; }
    { a = [ 1 2 ]; c = "text"; s.p = { }; s.q.x = 3; }
    ({ config, ... }: { a = [ 3 ]; s.r.x = config.a; })
  ];
  read = config: { inherit (config) b c; s = removeAttrs config.s [ "r" ]; a = config.a; };
}
