# freeformType at the top and in submodules.
{ lib }:
let
  inherit (lib) types mkOption;
in
{
  modules = [
    { freeformType = types.attrsOf types.int; options.known = mkOption { type = types.str; }; options.settings = mkOption { default = { }; type = types.submodule { freeformType = types.attrsOf (types.either types.str types.int); options.port = mkOption { type = types.port; default = 80; }; }; }; }
    { known = "k"; other = 1; settings = { port = 8080; host = "h"; }; }
    { another = lib.mkIf true 2; skipped = lib.mkIf false 3; settings.timeout = lib.mkDefault 5; }
    { settings.timeout = 6; }
  ];
  read = config: config;
}
