# mkOptionType with its own check and merge.
{ lib }:
let
  inherit (lib) types mkOption;
  sum = lib.mkOptionType { name = "sum"; description = "integers that are added"; check = builtins.isInt; merge = loc: defs: lib.foldl' (a: d: a + d.value) 0 defs; };
in
{
  modules = [
    { options.total = mkOption { type = sum; }; options.totals = mkOption { type = types.attrsOf sum; default = { }; }; }
    { total = 1; totals.a = 1; }
    { total = 2; totals = { a = 2; b = 3; }; }
    { total = lib.mkIf false 100; }
  ];
  read = config: config;
}
