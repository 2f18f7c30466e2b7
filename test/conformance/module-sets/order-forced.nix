# Order below an override.
{ lib }:
{
  modules = [
    { options.l = lib.mkOption { type = lib.types.listOf lib.types.int; default = [ 0 ]; }; }
    { l = [ 1 ]; }
    { l = lib.mkForce (lib.mkAfter [ 3 ]); }
    { l = lib.mkForce [ 2 ]; }
    { l = lib.mkForce (lib.mkBefore [ 1 ]); }
  ];
  read = config: config.l;
}
