# anything: sets deep, functions by result, equal scalars, priorities inside.
{ lib }:
let
  inherit (lib) types mkOption mkForce mkDefault mkIf;
in
{
  modules = [
    { options.a = mkOption { type = types.anything; default = { }; }; options.b = mkOption { type = types.attrsOf types.anything; default = { }; }; options.f = mkOption { type = types.anything; }; }
    { a = { x.y = 1; x.l = [ 1 ]; same = "s"; path = "/p"; weak = mkDefault 1; }; b.k = { p = 1; }; f = x: { got = x; }; }
    { a = { x.z = 2; same = "s"; gone = mkIf false 1; weak = 2; strong = mkForce 3; }; b.k.q = 2; b.n = null; f = x: { more = x + 1; }; }
    { a.strong = 4; }
  ];
  read = config: { inherit (config) a b; f = config.f 1; };
}
