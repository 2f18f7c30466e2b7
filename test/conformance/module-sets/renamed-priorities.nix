# Renamed options keep the priority and the conditions of what they pass on; chains of renames.
{ lib }:
let
  inherit (lib) types mkOption mkForce mkDefault mkIf;
in
{
  modules = [
    { options = { warnings = mkOption { type = types.listOf types.str; default = [ ]; }; c = mkOption { type = types.str; default = "default"; }; list = mkOption { type = types.listOf types.int; default = [ ]; }; other = mkOption { type = types.str; default = "other"; }; }; }
    (lib.mkRenamedOptionModule [ "b" ] [ "c" ])
    (lib.mkRenamedOptionModule [ "a" ] [ "b" ])
    (lib.mkRenamedOptionModule [ "old" "list" ] [ "list" ])
    (lib.mkRenamedOptionModule [ "never" ] [ "other" ])
    { a = mkForce "forced"; c = "plain"; old.list = [ 1 ]; list = [ 2 ]; never = mkIf false "x"; }
    ({ config, ... }: { old.list = mkIf (config.other == "other") [ 3 ]; })
  ];
  read = config: { inherit (config) c list other; };
}
