# Strings that are joined.
{ lib }:
let
  inherit (lib) types mkOption;
in
{
  modules = [
    { options = { lines = mkOption { type = types.lines; default = ""; }; commas = mkOption { type = types.commas; }; spaced = mkOption { type = types.separatedString " "; }; env = mkOption { type = types.envVar; }; }; }
    { lines = "a"; commas = "x"; spaced = "1"; env = "/a"; }
    { lines = "b\nc"; commas = "y"; spaced = "2"; env = "/b"; }
    { lines = lib.mkIf false "never"; commas = lib.mkBefore "w"; }
  ];
  read = config: config;
}
