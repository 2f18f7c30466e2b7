# mkMergedOptionModule and mkChangedOptionModule.
{ lib }:
let
  inherit (lib) types mkOption;
in
{
  modules = [
    { options = { warnings = mkOption { type = types.listOf types.str; default = [ ]; }; level = mkOption { type = types.int; default = 0; }; mode = mkOption { type = types.str; default = "none"; }; still = mkOption { type = types.str; default = "still"; }; }; }
    (lib.mkMergedOptionModule [ [ "verbose" ] [ "debug" "on" ] ] [ "level" ] (config: (if config.verbose == true then 1 else 0) + (if config.debug.on == true then 2 else 0)))
    (lib.mkChangedOptionModule [ "enabled" ] [ "mode" ] (config: if config.enabled then "full" else "off"))
    (lib.mkChangedOptionModule [ "unset" ] [ "still" ] (config: "changed"))
    { verbose = true; debug.on = true; enabled = true; }
  ];
  read = config: { inherit (config) level mode still; warned = builtins.length config.warnings; };
}
