# Lists: conditions on elements, nested lists, lists of submodules, non-empty lists.
{ lib }:
let
  inherit (lib) types mkOption;
in
{
  modules = [
    {
      options = {
        plain = mkOption { type = types.listOf types.str; };
        nested = mkOption { type = types.listOf (types.listOf types.int); };
        some = mkOption { type = types.nonEmptyListOf types.int; };
        users = mkOption { type = types.listOf (types.submodule ({ name, ... }: { options = { login = mkOption { type = types.str; }; shell = mkOption { type = types.str; default = "sh"; }; }; })); };
        mixed = mkOption { type = types.listOf (types.either types.str types.int); };
      };
    }
    { plain = [ "a" (lib.mkIf false "b") (lib.mkIf true "c") ]; nested = [ [ 1 ] [ ] ]; some = [ 1 ]; users = [ { login = "x"; } { login = "y"; shell = "fish"; } ]; mixed = [ "a" 1 ]; }
    { plain = lib.mkMerge [ [ "d" ] [ "e" ] ]; nested = [ [ 2 3 ] ]; users = [ (lib.mkIf true { login = "z"; }) ]; }
  ];
  read = config: config;
}
