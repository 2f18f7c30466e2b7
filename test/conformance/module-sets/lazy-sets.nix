# lazyAttrsOf: values may need each other and names of unread ones are known without their values.
{ lib }:
let
  inherit (lib) types mkOption mkForce mkIf;
in
{
  modules = [
    { options.a = mkOption { type = types.lazyAttrsOf types.int; default = { }; }; options.l = mkOption { type = types.lazyAttrsOf (types.listOf types.int); default = { }; }; }
    ({ config, ... }: { a = { x = config.a.y + 1; y = config.a.z + 1; z = 1; bad = throw "not read"; }; l.p = [ 1 ]; })
    ({ config, ... }: { a.z = mkForce 5; l = { p = [ config.a.x ]; q = [ ]; }; })
  ];
  read = config: { inherit (config.a) x y z; names = builtins.attrNames config.a; inherit (config) l; };
}
