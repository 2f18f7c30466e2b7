# Free attributes beside declared ones at the same depth.
{ lib }:
let
  inherit (lib) types mkOption;
in
{
  modules = [
    {
      options.unit = mkOption {
        type = types.submodule {
          freeformType = types.attrsOf types.anything;
          options.service.user = mkOption { type = types.str; default = "nobody"; };
        };
      };
    }
    { unit = { service.type = "simple"; unit.after = [ "a" ]; }; }
    { unit.service = { user = "me"; exec = "x"; }; }
  ];
  read = config: config;
}
