# deferredModule: definitions are kept as modules and evaluated where they are imported.
{ lib }:
let
  inherit (lib) types mkOption mkIf;
in
{
  modules = [
    { options = { base = mkOption { type = types.deferredModule; default = { }; }; named = mkOption { type = types.attrsOf types.deferredModule; default = { }; }; made = mkOption { type = types.attrsOf (types.submoduleWith { modules = [ { options.v = mkOption { type = types.listOf types.int; default = [ ]; }; } ]; }); default = { }; }; }; }
    { base = { v = [ 1 ]; }; named.a = { config, ... }: { v = [ 2 ]; }; }
    { base = { ... }: { v = [ 3 ]; }; named.a.v = [ 4 ]; named.b = { v = mkIf false [ 5 ]; }; }
    ({ config, ... }: { made = lib.mapAttrs (_: module: { imports = [ module config.base ]; }) config.named; })
  ];
  read = config: config.made;
}
