# Two modules may add options to the same submodule.
{ lib }:
let
  inherit (lib) types mkOption;
in
{
  modules = [
    { options.fs = mkOption { default = { }; type = types.attrsOf (types.submodule { options.device = mkOption { type = types.str; }; }); }; }
    { fs."/".device = "/dev/x"; }
    { options.single = mkOption { type = types.submodule { options.a = mkOption { default = 1; }; }; default = { }; }; }
    { options.single = mkOption { type = types.submodule { options.b = mkOption { default = 2; }; }; }; }
    { single.a = 3; }
  ];
  read = config: config;
}
