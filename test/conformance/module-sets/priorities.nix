# mkForce, mkDefault, mkOverride, and several of the same strength.
{ lib }:
let
  int = lib.mkOption { type = lib.types.int; };
  list = lib.mkOption { type = lib.types.listOf lib.types.str; default = [ "default" ]; };
in
{
  modules = [
    { options = { a = int; b = int; c = int; d = int; l = list; m = list; n = list; o = list; }; }
    { a = lib.mkDefault 1; b = 1; c = lib.mkOverride 70 1; d = lib.mkOptionDefault 1; l = [ "x" ]; m = [ "x" ]; n = lib.mkDefault [ "weak" ]; }
    { a = 2; b = lib.mkForce 2; c = lib.mkForce 2; d = lib.mkDefault 2; l = lib.mkForce [ "forced" ]; m = lib.mkDefault [ "gone" ]; n = lib.mkDefault [ "weak too" ]; }
    { a = lib.mkOptionDefault 3; c = lib.mkVMOverride 3; d = lib.mkOptionDefault 3; l = lib.mkForce [ "forced too" ]; m = [ "y" ]; }
  ];
  read = config: config;
}
