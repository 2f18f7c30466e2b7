# Imports by path, folder, function and set; a file that is imported twice counts once; order of lists.
{ lib }:
{
  modules = [
    ../module-files/imports-both.nix
    ../module-files/declares-thing.nix
    ../module-files/folder
    ({ ... }: { imports = [ { thing = [ "nested" ]; } ]; thing = [ "outer" ]; })
    { imports = [ ../module-files/sets-thing.nix ]; }
    (import ../module-files/sets-thing.nix)
  ];
  read = config: config.thing;
}
