# anything, raw, unspecified, package, options without a type.
{ lib }:
let
  inherit (lib) types mkOption;
  tool = { type = "derivation"; name = "tool"; outPath = "/nix/store/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-tool"; };
in
{
  modules = [
    {
      options = {
        any = mkOption { type = types.anything; };
        anyScalar = mkOption { type = types.anything; };
        raw = mkOption { type = types.raw; };
        unspecified = mkOption { type = types.unspecified; };
        untypedList = mkOption { };
        untypedSet = mkOption { };
        untypedBool = mkOption { };
        untypedString = mkOption { };
        package = mkOption { type = types.package; };
      };
    }
    { any = { a = { b = 1; }; l = [ 1 ]; }; anyScalar = 1; raw = { x = [ ]; }; unspecified = [ 1 ]; untypedList = [ 1 ]; untypedSet = { a = 1; b = 1; }; untypedBool = false; untypedString = "a"; package = tool; }
    { any = { a.c = lib.mkDefault 2; }; anyScalar = 1; unspecified = [ 2 ]; untypedList = [ 2 ]; untypedSet = { b = 2; }; untypedBool = true; untypedString = "b"; }
    { any.a.c = 3; }
  ];
  read = config: removeAttrs config [ "package" ] // { package = config.package.name; };
}
