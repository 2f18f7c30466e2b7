# flake-file writes flake.nix from what modules say of its inputs, which says nothing of hosts. Its `dendritic` module
# also imports modules of other inputs: a host needs those.
{ lib, open, ... }:
let
  inherit (lib) mkOption types;

  options.flake-file = mkOption {
    type = types.lazyAttrsOf types.anything;
    default = { };
  };
  # One module under several names.
  writer = {
    key = "flake-file";
    inherit options;
  };
in
open "flake-file" {
  flakeModules = open "flake-file.flakeModules" (
    lib.genAttrs [ "allfollow" "default" "import-tree" "nix-auto-follow" "npins" "unflake" ] (_: writer)
    // {
      dendritic =
        { inputs, ... }:
        {
          key = "flake-file.dendritic";
          imports = [
            writer
            (inputs.flake-parts.flakeModules.modules or { })
            (inputs.flake-aspects.flakeModule or { })
            (inputs.den.flakeModule or { })
          ];
          config = lib.optionalAttrs (inputs ? systems) { systems = lib.mkDefault (import inputs.systems); };
        };
    }
  );
}
