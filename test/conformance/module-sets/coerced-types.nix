# coercedTo into lists, texts, numbers and submodules, alone and inside others.
{ lib }:
let
  inherit (lib) types mkOption;
  entry = types.submodule { options = { directory = mkOption { type = types.str; }; mode = mkOption { type = types.str; default = "0755"; }; }; };
in
{
  modules = [
    { options = { dirs = mkOption { type = types.listOf (types.coercedTo types.str (directory: { inherit directory; }) entry); default = [ ]; }; list = mkOption { type = types.coercedTo types.str lib.singleton (types.listOf types.str); default = [ ]; }; port = mkOption { type = types.coercedTo types.str lib.toInt types.port; default = "22"; }; text = mkOption { type = types.attrsOf (types.coercedTo types.int toString types.str); default = { }; }; lines = mkOption { type = types.coercedTo (types.listOf types.str) (lib.concatStringsSep "\n") types.lines; default = ""; }; }; }
    { dirs = [ "/a" { directory = "/b"; mode = "0700"; } ]; list = "one"; text = { a = 1; b = "b"; }; lines = [ "x" "y" ]; }
    { dirs = [ "/c" ]; list = [ "two" ]; lines = "z"; }
  ];
  read = config: config;
}
