# Modules with the same key are one module.
{ lib }:
{
  modules = [
    { options.n = lib.mkOption { type = lib.types.listOf lib.types.int; default = [ ]; }; }
    { key = "same"; config.n = [ 1 ]; }
    { imports = [ { key = "same"; config.n = [ 2 ]; } { key = "other"; config.n = [ 3 ]; } ]; }
  ];
  read = config: config.n;
}
