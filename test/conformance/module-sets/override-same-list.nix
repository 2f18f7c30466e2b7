# Several definitions of the strongest priority join, weaker ones and the default go.
{ lib }:
let
  inherit (lib) types mkOption mkForce mkDefault mkOptionDefault mkVMOverride;
in
{
  modules = [
    { options = { a = mkOption { type = types.listOf types.str; default = [ "default" ]; }; b = mkOption { type = types.listOf types.str; default = [ "default" ]; }; c = mkOption { type = types.listOf types.str; default = [ "default" ]; }; d = mkOption { type = types.str; default = "d"; }; }; }
    { a = mkForce [ "f1" ]; b = mkOptionDefault [ "o1" ]; c = mkDefault [ "d1" ]; d = mkVMOverride "vm"; }
    { a = mkForce [ "f2" ]; b = mkOptionDefault [ "o2" ]; c = mkDefault [ "d2" ]; d = mkForce "forced"; }
    { a = [ "plain" ]; }
  ];
  read = config: config;
}
