# mkBefore, mkAfter and mkOrder on lists and lines, inside conditions and overrides.
{ lib }:
{
  modules = [
    { options.l = lib.mkOption { type = lib.types.listOf lib.types.str; }; options.t = lib.mkOption { type = lib.types.lines; }; }
    { l = lib.mkAfter [ "last" ]; t = lib.mkAfter "last"; }
    { l = [ "middle 1" ]; t = "middle 1"; }
    { l = lib.mkBefore [ "first" ]; t = lib.mkBefore "first"; }
    { l = lib.mkOrder 10 [ "very first" ]; t = lib.mkOrder 10 "very first"; }
    { l = [ "middle 2" ]; t = "middle 2\n"; }
    { l = lib.mkIf true (lib.mkAfter [ "last in if" ]); }
    { l = lib.mkMerge [ (lib.mkBefore [ "first in merge" ]) [ "middle 3" ] ]; }
  ];
  read = config: config;
}
