# apply and readOnly.
{ lib }:
let
  inherit (lib) types mkOption;
in
{
  modules = [
    ({ config, ... }: {
      options = {
        text = mkOption { type = types.str; apply = lib.toUpper; };
        joined = mkOption { type = types.listOf types.str; default = [ ]; apply = lib.concatStringsSep ","; };
        fixed = mkOption { type = types.int; readOnly = true; };
        fromDefault = mkOption { type = types.str; readOnly = true; default = config.text; };
        set = mkOption { type = types.attrsOf types.int; apply = lib.mapAttrs (_: x: x + 1); default = { d = 0; }; };
      };
      config = { text = "abc"; fixed = 5; joined = [ "a" ]; set.e = 1; };
    })
    { joined = [ "b" ]; }
  ];
  read = config: config;
}
