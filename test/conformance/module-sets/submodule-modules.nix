# submodule with a list of modules, submoduleWith, specialArgs, shorthand, imports in definitions.
{ lib }:
let
  inherit (lib) types mkOption;
in
{
  modules = [
    {
      options = {
        list = mkOption { type = types.submodule [ { options.a = mkOption { default = 1; }; } ({ config, ... }: { options.b = mkOption { default = config.a + 1; }; }) ]; };
        with' = mkOption { type = types.submoduleWith { specialArgs.factor = 10; modules = [ ({ factor, ... }: { options.n = mkOption { type = types.int; apply = x: x * factor; }; options.m = mkOption { default = 0; }; }) ]; }; };
        short = mkOption { type = types.submodule { options.config = mkOption { type = types.int; default = 0; }; options.x = mkOption { default = 5; }; }; };
      };
    }
    { list.a = 5; with' = { imports = [ { m = 2; } ]; config.n = 3; }; short.config = 7; }
  ];
  read = config: config;
}
