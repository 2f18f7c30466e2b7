# disabledModules by path and by key, also of modules that other modules import.
{ lib }:
let
  inherit (lib) types mkOption;
in
{
  modules = [
    { options.seen = mkOption { type = types.listOf types.str; default = [ ]; }; }
    ../module-files/declares-thing.nix
    { imports = [ ../module-files/sets-thing.nix { key = "inner"; seen = [ "inner" ]; } ]; seen = [ "outer" ]; }
    { key = "gone"; imports = [ { seen = [ "below gone" ]; } ]; seen = [ "gone" ]; }
    { disabledModules = [ ../module-files/sets-thing.nix { key = "gone"; } ]; thing = [ "own" ]; }
    { imports = [ { disabledModules = [ { key = "inner"; } ]; } ]; }
  ];
  read = config: { inherit (config) seen thing; };
}
