# Imports that depend on special arguments, and on what functions and folders make.
{ lib }:
let
  inherit (lib) types mkOption;
  role = name: { seen = [ "role ${name}" ]; };
in
{
  specialArgs = { roles = [ "web" "db" ]; withExtra = true; files = { thing = ../module-files/sets-thing.nix; }; };
  modules = [
    { options.seen = mkOption { type = types.listOf types.str; default = [ ]; }; }
    ({ roles, withExtra, files, lib, ... }: {
      imports = [ ../module-files/declares-thing.nix files.thing ] ++ map role roles ++ lib.optional withExtra { seen = [ "extra" ]; } ++ lib.optionals (!withExtra) [ (throw "not taken") ];
    })
    ({ specialArgs, ... }: { seen = specialArgs.roles; })
  ];
  read = config: { inherit (config) seen thing; };
}
