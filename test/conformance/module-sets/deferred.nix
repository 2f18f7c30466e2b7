# deferredModule: modules as values.
{ lib }:
let
  inherit (lib) types mkOption;
in
{
  modules = [
    { options.parts = mkOption { type = types.attrsOf types.deferredModule; default = { }; }; options.result = mkOption { }; }
    { parts.base = { options.x = mkOption { type = types.listOf types.int; }; }; }
    { parts.base = { x = [ 1 ]; }; }
    { parts.extra = { lib, ... }: { x = lib.mkAfter [ 2 ]; }; }
    ({ config, ... }: { result = (lib.evalModules { modules = [ config.parts.base config.parts.extra ]; }).config.x; })
  ];
  read = config: config.result;
}
