# lines, str, separatedString, commas, envVar with orders, conditions and one or many definitions.
{ lib }:
let
  inherit (lib) types mkOption mkBefore mkAfter mkIf mkMerge;
in
{
  modules = [
    { options = { l = mkOption { type = types.lines; default = "default"; }; l2 = mkOption { type = types.lines; default = "default"; }; c = mkOption { type = types.commas; default = ""; }; e = mkOption { type = types.envVar; }; s = mkOption { type = types.separatedString " / "; default = ""; }; n = mkOption { type = types.nonEmptyStr; }; m = mkOption { type = types.strMatching "[a-z]+"; }; }; }
    { l = "b\n"; c = "x"; e = "/a"; s = mkMerge [ "1" (mkIf true "2") (mkIf false "3") ]; n = " a "; m = "abc"; }
    { l = mkBefore "a"; c = "y"; e = mkBefore "/b"; }
    { l = mkAfter ''
        c
      ''; s = "4"; }
  ];
  read = config: config;
}
