# Definitions around whole sets: mkMerge of mkIf around a module, at an option set, at an attrsOf.
{ lib }:
let
  inherit (lib) types mkOption;
in
{
  modules = [
    { options = { on = mkOption { type = types.bool; default = true; }; set.a = mkOption { type = types.int; default = 0; }; set.b = mkOption { type = types.int; default = 0; }; names = mkOption { type = types.attrsOf (types.attrsOf types.int); default = { }; }; }; }
    ({ config, ... }: {
      config = lib.mkMerge [
        (lib.mkIf config.on { set = lib.mkMerge [ { a = 1; } (lib.mkIf false { b = 9; }) ]; })
        { names = lib.mkIf config.on { x = lib.mkMerge [ { i = 1; } (lib.mkIf (!config.on) { j = 2; }) ]; }; }
        (lib.mkIf (!config.on) (lib.mkMerge [ { set.b = 8; } ]))
      ];
    })
    { names.x = lib.mkDefault { i = 9; k = 3; }; names.y = lib.mkIf true { z = lib.mkIf true 1; }; }
    (lib.mkIf true (lib.mkMerge [ { set.b = 2; } ]))
  ];
  read = config: config;
}
