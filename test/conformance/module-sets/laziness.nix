# What nobody reads is not evaluated.
{ lib }:
let
  inherit (lib) types mkOption;
in
{
  modules = [
    { options = { used = mkOption { type = types.int; }; unused = mkOption { type = types.int; }; set = mkOption { type = types.attrsOf types.int; }; lazy = mkOption { type = types.lazyAttrsOf types.int; }; undefined = mkOption { type = types.str; }; }; }
    ({ config, ... }: { used = config.lazy.a + 1; unused = throw "never"; set = { a = 1; }; lazy = { a = 1; b = throw "never"; }; })
    ({ missing ? throw "not given", ... }: { })
  ];
  read = config: { inherit (config) used; names = builtins.attrNames config.set; a = config.set.a; };
}
