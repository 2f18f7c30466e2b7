# submoduleWith: several modules, arguments, definitions with imports and config, shorthand.
{ lib }:
let
  inherit (lib) types mkOption mkDefault mkForce mkIf;
  base = { config, ... }: { options = { x = mkOption { type = types.int; default = 1; }; double = mkOption { type = types.int; default = config.x * 2; }; tags = mkOption { type = types.listOf types.str; default = [ ]; }; }; };
  extra = { name, ... }: { config.tags = [ "of ${name}" ]; };
in
{
  modules = [
    { options = { full = mkOption { type = types.attrsOf (types.submoduleWith { modules = [ base extra ]; }); default = { }; }; short = mkOption { type = types.attrsOf (types.submoduleWith { modules = [ base ]; shorthandOnlyDefinesConfig = true; }); default = { }; }; }; }
    { full.a = { imports = [ { tags = [ "imported" ]; } ]; config.x = 3; }; full.b = { config, ... }: { x = mkDefault 4; tags = [ "x${toString config.x}" ]; }; short.s = { x = 5; tags = [ "t" ]; }; }
    { full.a.tags = [ "second" ]; full.b.x = 6; short.s.x = mkForce 7; short.u = mkIf false { }; }
  ];
  read = config: config;
}
