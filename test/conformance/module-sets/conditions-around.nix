# mkIf and mkMerge around whole modules, groups and elements; conditions that read the configuration.
{ lib }:
let
  inherit (lib) types mkOption mkIf mkMerge mkForce mkDefault;
in
{
  modules = [
    { options = { on = mkOption { type = types.bool; default = false; }; g.a = mkOption { type = types.listOf types.int; default = [ ]; }; g.b = mkOption { type = types.int; default = 0; }; out = mkOption { type = types.listOf types.str; default = [ ]; }; s = mkOption { type = types.attrsOf types.int; default = { }; }; }; }
    ({ config, ... }: mkIf config.on { g.a = [ 1 ]; out = [ "on" ]; })
    ({ config, ... }: { config = mkMerge [ (mkIf (!config.on) { out = [ "off" ]; }) (mkIf (config.g.b > 1) { out = [ "big" ]; s = mkIf true { x = mkIf false 1; y = 2; }; }) { g = mkIf config.on (mkMerge [ { b = mkDefault 2; } { a = [ 2 ]; } ]); } ]; })
    { on = mkForce true; }
    { on = false; out = [ (mkIf true "kept") (mkIf false "dropped") ]; }
  ];
  read = config: config;
}
