# disabledModules by path and by key.
{ lib }:
{
  modules = [
    ../module-files/declares-thing.nix
    ../module-files/sets-thing.nix
    { key = "switch"; config.thing = [ "by key" ]; imports = [ { thing = [ "imported by the disabled one" ]; } ]; }
    { disabledModules = [ ../module-files/sets-thing.nix { key = "switch"; } ]; }
    { thing = [ "kept" ]; }
  ];
  read = config: config.thing;
}
