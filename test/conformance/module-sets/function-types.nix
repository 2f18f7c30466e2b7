# functionTo: results are merged by the inner type.
{ lib }:
let
  inherit (lib) types mkOption mkIf mkForce;
in
{
  modules = [
    { options = { f = mkOption { type = types.functionTo (types.listOf types.int); }; g = mkOption { type = types.functionTo (types.attrsOf types.str); default = _: { d = "default"; }; }; h = mkOption { type = types.functionTo types.int; default = x: x; }; k = mkOption { type = types.functionTo (types.functionTo types.lines); }; }; }
    { f = x: [ x ]; g = x: { a = x; }; h = mkForce (x: x * 2); k = a: b: "${a}${b}"; }
    { f = x: [ (x + 1) ]; g = x: { b = x + "!"; }; h = x: x * 3; k = a: b: "${b}${a}"; }
    { f = mkIf false (x: throw "not called"); }
  ];
  read = config: { f = config.f 1; g = config.g "x"; h = config.h 4; k = config.k "p" "q"; };
}
