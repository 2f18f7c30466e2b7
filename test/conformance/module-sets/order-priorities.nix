# mkOrder, mkBefore and mkAfter among definitions, inside conditions, overrides and lists of definitions.
{ lib }:
let
  inherit (lib) types mkOption mkOrder mkBefore mkAfter mkIf mkMerge mkForce;
in
{
  modules = [
    { options = { a = mkOption { type = types.listOf types.int; }; b = mkOption { type = types.lines; }; c = mkOption { type = types.attrsOf (types.listOf types.int); }; }; }
    { a = mkAfter [ 1 ]; b = mkBefore "first"; c.x = mkOrder 2000 [ 1 ]; }
    { a = mkMerge [ (mkBefore [ 2 ]) [ 3 ] (mkIf true (mkOrder 400 [ 4 ])) (mkIf false (mkBefore [ 5 ])) ]; b = "middle"; c.x = [ 2 ]; }
    { a = [ 6 ]; b = mkAfter "last"; c = mkMerge [ { x = mkBefore [ 3 ]; y = [ 4 ]; } { y = mkBefore [ 5 ]; } ]; }
  ];
  read = config: config;
}
