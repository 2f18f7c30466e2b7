# nullOr, either, oneOf, coercedTo, uniq, functionTo, addCheck.
{ lib }:
let
  inherit (lib) types mkOption;
in
{
  modules = [
    {
      options = {
        maybe = mkOption { type = types.nullOr types.str; default = null; };
        maybeSet = mkOption { type = types.nullOr types.str; default = null; };
        either = mkOption { type = types.either types.int types.str; };
        one = mkOption { type = types.oneOf [ types.bool types.int (types.listOf types.str) ]; };
        coerced = mkOption { type = types.coercedTo types.str lib.singleton (types.listOf types.str); };
        coercedItems = mkOption { type = types.listOf (types.coercedTo types.str (directory: { inherit directory; }) (types.attrsOf types.str)); };
        unique = mkOption { type = types.uniq types.str; };
        function = mkOption { type = types.functionTo (types.listOf types.int); };
        even = mkOption { type = types.addCheck types.int (x: lib.mod x 2 == 0); };
      };
    }
    { maybeSet = "x"; either = "s"; one = [ "a" ]; coerced = "a"; coercedItems = [ "/var/log" { directory = "/srv"; mode = "0700"; } ]; unique = "u"; function = x: [ x ]; even = 4; }
    { coerced = [ "b" "c" ]; one = [ "b" ]; coercedItems = [ "/home" ]; function = x: [ (x + 1) ]; }
  ];
  read = config: removeAttrs config [ "function" ] // { function = config.function 1; };
}
