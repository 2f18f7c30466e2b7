# mkForce over lists, per attribute and as a whole, with conditions.
{ lib }:
let
  inherit (lib) types mkOption;
in
{
  modules = [
    ({ config, ... }: {
      options = { packages = mkOption { type = types.listOf types.str; default = [ "default" ]; }; mounts = mkOption { type = types.attrsOf (types.submodule { options.options = mkOption { type = types.listOf types.str; default = [ "defaults" ]; }; options.neededForBoot = mkOption { type = types.bool; default = false; }; }); default = { }; }; strict = mkOption { type = types.bool; default = true; }; };
      config.packages = lib.mkIf config.strict (lib.mkForce [ "only" ]);
    })
    { packages = [ "a" "b" ]; mounts."/".options = [ "noatime" ]; mounts."/nix" = { options = [ "ro" ]; neededForBoot = true; }; }
    { packages = lib.mkForce [ "also" ]; mounts."/".options = lib.mkForce [ "rw" ]; }
    { mounts."/persist" = lib.mkForce { neededForBoot = true; }; }
    { mounts."/persist" = { neededForBoot = false; options = [ "x" ]; }; mounts."/nix".options = [ "noatime" ]; }
  ];
  read = config: config;
}
