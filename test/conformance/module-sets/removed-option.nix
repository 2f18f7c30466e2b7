# mkRemovedOptionModule: an assertion for who still sets it.
{ lib }:
let
  inherit (lib) types mkOption;
in
{
  modules = [
    { options.assertions = mkOption { type = types.listOf types.unspecified; default = [ ]; }; options.kept = mkOption { type = types.int; default = 1; }; }
    (lib.mkRemovedOptionModule [ "gone" "away" ] "Use kept.")
    (lib.mkRemovedOptionModule [ "unused" ] "Nothing to do.")
    { gone.away = 3; kept = 2; }
  ];
  read = config: { inherit (config) kept; assertions = map (a: a.assertion) config.assertions; };
}
