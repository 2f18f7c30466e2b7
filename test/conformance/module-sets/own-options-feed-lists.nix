# A user's own options that end in lists elsewhere.
{ lib }:
let
  inherit (lib) types mkOption mkEnableOption;
in
{
  modules = [
    { options.sink = mkOption { type = types.attrsOf (types.submodule { options.directories = mkOption { type = types.listOf (types.either types.str (types.attrsOf types.str)); default = [ ]; }; }); default = { }; }; }
    ({ config, ... }: let cfg = config.my.impermanence; in {
      options.my.impermanence = { enable = mkEnableOption "it"; root = mkOption { type = types.str; default = "/persist"; }; extra = mkOption { type = types.listOf types.str; default = [ ]; }; perUser = mkOption { type = types.attrsOf (types.listOf types.str); default = { }; }; };
      config = lib.mkIf cfg.enable {
        sink.${cfg.root}.directories = [ "/var/log" ] ++ cfg.extra ++ lib.concatLists (lib.mapAttrsToList (user: map (d: { directory = "/home/${user}/${d}"; inherit user; })) cfg.perUser);
      };
    })
    { my.impermanence.enable = true; }
    { my.impermanence.extra = [ "/srv" ]; }
    { my.impermanence.extra = lib.mkBefore [ "/first" ]; my.impermanence.perUser.ann = [ "docs" ]; }
    ({ config, ... }: { my.impermanence.perUser = lib.genAttrs [ "ann" "bob" ] (u: lib.optional (u == "ann" || config.my.impermanence.root == "/x") ".ssh"); })
    { my.impermanence.root = lib.mkDefault "/keep"; }
  ];
  read = config: config.sink;
}
