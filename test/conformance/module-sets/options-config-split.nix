# A module with `options` keeps its definitions in `config`; one without is all definitions.
{ lib }:
{
  modules = [
    { options.a.b = lib.mkOption { default = 1; }; config.a.c = 2; }
    { options = { a.c = lib.mkOption { }; }; }
    { config = { a.b = 5; }; }
    { options.d = lib.mkOption { default = { x = 1; }; }; }
  ];
  read = config: config;
}
