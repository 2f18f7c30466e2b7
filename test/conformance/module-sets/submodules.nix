# Submodules: from sets and functions, with name and config, nested, several definitions.
{ lib }:
let
  inherit (lib) types mkOption;
in
{
  modules = [
    {
      options.users = mkOption {
        default = { };
        type = types.attrsOf (types.submodule ({ name, config, ... }: {
          options = {
            name = mkOption { type = types.str; default = name; };
            home = mkOption { type = types.str; default = "/home/${config.name}"; };
            groups = mkOption { type = types.listOf types.str; default = [ ]; };
            keys = mkOption { default = { }; type = types.submodule { options.files = mkOption { type = types.listOf types.str; default = [ ]; }; }; };
          };
          config = lib.mkIf (name == "root") { home = "/root"; };
        }));
      };
    }
    { users.ann.groups = [ "a" ]; users.root = { }; }
    { users.ann = { groups = [ "b" ]; keys.files = [ "/k1" ]; }; }
    { users.ann = { lib, ... }: { groups = lib.mkBefore [ "first" ]; keys = { files = [ "/k2" ]; }; }; }
    { users.bob = lib.mkMerge [ { name = "robert"; } (lib.mkIf false { home = "/never"; }) ]; }
    { users.eve = lib.mkIf false { }; }
  ];
  read = config: config.users;
}
