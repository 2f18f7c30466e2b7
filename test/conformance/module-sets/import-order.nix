# Modules are taken level by level and from the last to the first.
{ lib }:
{
  modules = [
    {
      imports = [
        { l = [ "a.1" ]; imports = [ { l = [ "a.1.1" ]; } { l = [ "a.1.2" ]; } ]; }
        { l = [ "a.2" ]; }
      ];
      options.l = lib.mkOption { type = lib.types.listOf lib.types.str; };
      config.l = [ "a" ];
    }
    { l = [ "b" ]; imports = [ { l = [ "b.1" ]; } ]; }
    { l = [ "c" "c'" ]; }
  ];
  read = config: config.l;
}
