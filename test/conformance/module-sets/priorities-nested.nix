# Properties around sets reach the options inside; properties inside properties.
{ lib }:
let
  int = lib.mkOption { type = lib.types.int; };
in
{
  modules = [
    { options = { s = { a = int; b = int; c = int; }; t = int; u = int; v = lib.mkOption { type = lib.types.listOf lib.types.int; }; }; }
    { s = lib.mkForce { a = 1; b = 7; }; }
    { s.a = 2; s.b = 2; s.c = lib.mkIf false 9; }
    (lib.mkIf true { s.c = lib.mkDefault 3; t = 4; })
    (lib.mkIf false { t = 5; })
    { config = lib.mkMerge [ { u = lib.mkDefault 1; } (lib.mkIf true { u = 2; }) { v = [ 1 ]; } ]; }
    { config = lib.mkDefault { v = [ 9 ]; }; }
    { v = lib.mkIf true (lib.mkMerge [ [ 2 ] (lib.mkIf true [ 3 ]) (lib.mkIf false [ 4 ]) ]); }
    { v = lib.mkIf true (lib.mkOverride 100 [ 5 ]); }
  ];
  read = config: config;
}
