# Defaults, defaults from other options, mkDefault against default.
{ lib }:
{
  modules = [
    ({ config, ... }: {
      options = {
        plain = lib.mkOption { type = lib.types.int; default = 1; };
        computed = lib.mkOption { type = lib.types.str; default = "n${toString config.plain}"; };
        weak = lib.mkOption { type = lib.types.int; default = 1; };
        list = lib.mkOption { type = lib.types.listOf lib.types.int; default = [ 1 ]; };
        unset = lib.mkOption { type = lib.types.nullOr lib.types.str; default = null; };
        noDefaultList = lib.mkOption { type = lib.types.listOf lib.types.int; };
        noDefaultSet = lib.mkOption { type = lib.types.attrsOf lib.types.int; };
        noDefaultNull = lib.mkOption { type = lib.types.nullOr lib.types.int; };
        noDefaultSub = lib.mkOption { type = lib.types.submodule { options.x = lib.mkOption { default = 4; }; }; };
      };
      config = { weak = lib.mkDefault 2; plain = 3; list = [ 2 ]; };
    })
  ];
  read = config: config;
}
