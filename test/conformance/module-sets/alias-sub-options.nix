# mkAliasOptionModule to an option inside a group and to one whose value is a set.
{ lib }:
let
  inherit (lib) types mkOption mkDefault;
in
{
  modules = [
    { options = { real.set = mkOption { type = types.attrsOf types.int; default = { }; }; real.deep.value = mkOption { type = types.int; default = 1; }; }; }
    (lib.mkAliasOptionModule [ "short" ] [ "real" "set" ])
    (lib.mkAliasOptionModule [ "v" ] [ "real" "deep" "value" ])
    { short.a = 1; real.set.b = 2; v = mkDefault 5; }
    { short = { c = 3; }; }
  ];
  read = config: { inherit (config) real short v; };
}
