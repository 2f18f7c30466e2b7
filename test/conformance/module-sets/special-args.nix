# specialArgs win over nothing and reach imports, submodules get their own.
{ lib }:
let
  inherit (lib) types mkOption;
in
{
  specialArgs = { who = "special"; };
  modules = [
    ({ who, ... }: {
      options = {
        who = mkOption { type = types.str; default = who; };
        inner = mkOption {
          default = { };
          type = types.submoduleWith { specialArgs = { what = "inner ${who}"; }; modules = [ ({ what, ... }: { options.what = mkOption { type = types.str; default = what; }; }) ]; };
        };
        plain = mkOption { default = { }; type = types.submodule ({ config, ... }: { options.x = mkOption { type = types.int; default = 1; }; options.y = mkOption { type = types.int; default = config.x + 1; }; }); };
      };
    })
    { plain.x = 5; }
  ];
  read = config: config;
}
