# _module.args: set in one module, overridden in another, computed from the configuration, given to submodules.
{ lib }:
let
  inherit (lib) types mkOption mkForce mkDefault;
in
{
  modules = [
    { options = { value = mkOption { type = types.int; }; text = mkOption { type = types.str; default = "t"; }; sub = mkOption { type = types.submodule ({ name, ... }: { options.name = mkOption { type = types.str; default = name; }; }); default = { }; }; seen = mkOption { type = types.listOf types.str; default = [ ]; }; }; }
    ({ number, ... }: { value = number; })
    ({ config, ... }: { _module.args = { number = mkDefault 1; shout = "${config.text}!"; }; })
    { _module.args.number = 2; }
    ({ shout, ... }: { seen = [ shout ]; })
    { _module.args.helper = x: x + 1; }
    ({ helper, ... }: { seen = [ (toString (helper 1)) ]; })
  ];
  read = config: config;
}
