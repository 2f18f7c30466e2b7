# Options with an old name, an alias, and definitions passed on.
{ lib }:
let
  inherit (lib) types mkOption;
in
{
  modules = [
    { options.new.name = mkOption { type = types.listOf types.str; default = [ ]; }; options.warnings = mkOption { type = types.listOf types.str; default = [ ]; }; options.real = mkOption { type = types.int; default = 1; }; options.copy = mkOption { type = types.listOf types.str; default = [ ]; }; }
    (lib.mkRenamedOptionModule [ "old" "name" ] [ "new" "name" ])
    (lib.mkAliasOptionModule [ "alias" ] [ "real" ])
    { old.name = [ "from old" ]; }
    { new.name = [ "from new" ]; }
    { alias = lib.mkForce 7; real = 3; }
    ({ options, ... }: { copy = lib.mkAliasDefinitions options.new.name; })
  ];
  read = config: { inherit (config) real copy; new = config.new.name; warned = builtins.length config.warnings; alias = config.alias; };
}
