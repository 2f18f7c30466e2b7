# attrsOf, lazyAttrsOf, attrs: merging by name, conditions, priorities inside.
{ lib }:
let
  inherit (lib) types mkOption;
in
{
  modules = [
    {
      options = {
        ints = mkOption { type = types.attrsOf types.int; default = { }; };
        lists = mkOption { type = types.attrsOf (types.listOf types.int); };
        deep = mkOption { type = types.attrsOf (types.attrsOf types.str); };
        lazy = mkOption { type = types.lazyAttrsOf types.int; };
        free = mkOption { type = types.attrs; };
        nullable = mkOption { type = types.attrsOf (types.nullOr types.int); };
      };
    }
    { ints = { a = 1; b = lib.mkDefault 1; c = lib.mkIf false 9; }; lists.x = [ 1 ]; deep.p.q = "1"; lazy.a = 1; free = { x = 1; y.z = 1; }; nullable = { a = null; b = 2; }; }
    { ints.b = 2; lists = { x = [ 2 ]; y = lib.mkBefore [ 3 ]; }; deep = { p.r = "2"; s = { }; }; lazy = lib.mkIf true { b = 2; }; free.y.w = 2; }
    { lists.y = [ 4 ]; deep.p.q = lib.mkForce "3"; ints = lib.mkMerge [ { d = 4; } (lib.mkIf true { e = 5; }) ]; }
  ];
  read = config: config;
}
