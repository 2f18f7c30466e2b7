# The options argument: isDefined, definitions, value, highestPrio.
{ lib }:
let
  inherit (lib) types mkOption;
in
{
  modules = [
    { options = { a = mkOption { type = types.int; default = 1; }; b = mkOption { type = types.listOf types.int; }; c = mkOption { type = types.str; }; group.d = mkOption { default = 2; }; }; }
    { b = lib.mkForce [ 1 ]; a = 5; }
    { b = [ 2 ]; }
    ({ options, ... }: {
      options.seen = mkOption { };
      config.seen = {
        aDefined = options.a.isDefined;
        aValue = options.a.value;
        aPriority = options.a.highestPrio;
        bDefinitions = options.b.definitions;
        bPriority = options.b.highestPrio;
        cDefined = options.c.isDefined;
        has = options ? group.d;
        hasNot = options ? group.e;
        dDefault = options.group.d.default;
      };
    })
  ];
  read = config: config.seen;
}
