# lib: what kernels, command lines, activation scripts, dconf, build tools and old configurations use.
{ lib }:
{
  kernel = [ lib.kernel.yes lib.kernel.no lib.kernel.module lib.kernel.unset (lib.kernel.freeform "x") (lib.kernel.option lib.kernel.yes) ((lib.kernel.whenHelpers "6.1").whenAtLeast "5.0" 1) ((lib.kernel.whenHelpers "6.1").whenOlder "5.0" 1) ((lib.kernel.whenHelpers "6.1").whenBetween "5.0" "7.0" 1) ];
  sourceTypes = lib.sourceTypes;
  fake = [ lib.fakeHash lib.fakeSha256 lib.fakeSha512 ];
  cli1 = lib.cli.toCommandLine (name: { option = "-${name}"; sep = if name == "n" then null else "="; explicitBool = name != "v"; }) { v = [ true false ]; n = false; i = ".b"; l = [ "a" null 3 ]; };
  cli2 = lib.cli.toCommandLineGNU { } { v = true; verbose = [ true true false null ]; i = ".bak"; e = [ "s/a/b/" ]; n = false; data = "x y"; };
  cli3 = lib.cli.toCommandLineShellGNU { explicitBool = true; } { v = true; data = "x y"; };
  text = lib.textClosureMap lib.id { a = { deps = [ "b" "c" "e" ]; text = "A"; }; b = { deps = [ ]; text = "B"; }; c = { deps = [ "b" ]; text = "C"; }; e = { deps = [ "c" ]; text = "E"; }; } [ "e" (lib.fullDepEntry "X" [ "a" ]) "b" ];
  entry = [ (lib.stringAfter [ "etc" ] "t") (lib.noDepEntry "n") (lib.packEntry [ "p" ]) ];
  gv = map toString (with lib.gvariant; [ (mkString "a'b\nc\\") (mkArray [ "a" "b" ]) (mkEmptyArray type.string) (mkTuple [ "a" true (mkUint32 3) ]) (mkInt32 4) (mkInt64 5) (mkUint32 6) (mkDouble 1.5) (mkVariant (mkInt32 1)) (mkDictionaryEntry "k" (mkVariant "v")) (mkNothing type.string) (mkJust "x") (mkObjectpath "/a/b") (mkBoolean false) (mkUchar 7) (mkInt16 8) ]);
  dconf = lib.generators.toDconfINI { a = { b = true; c = "x"; d = [ "y" ]; }; };
  imap = lib.imap (i: v: "${toString i}${v}") [ "a" "b" ];
  ifEnable = map (lib.ifEnable false) [ [ 1 ] { a = 1; } "x" true 3 ];
  maybe = [ (lib.maybeAttr "a" 1 { a = 2; }) (lib.maybeAttr "a" 1 { }) (lib.maybeAttrNullable "a" 1 { }) ];
  set = [ (lib.nvs "a" 1) (lib.setAttr { b = 2; } "a" 1) (lib.setAttrMerge "a" [ ] { a = [ 1 ]; } (x: x ++ [ 2 ])) ];
  build = [ (lib.cmakeBool "X" true) (lib.cmakeFeature "X" "y") (lib.cmakeOptionType "path" "X" "y") (lib.mesonBool "a" false) (lib.mesonEnable "a" true) (lib.mesonOption "a" "b") ];
  codes = [ (lib.strings.charToInt "A") (lib.strings.escapeC [ " " "-" ] "a -b") (lib.escapeURL "a b/ü?c=d&~_.-%") ];
  one = [ (lib.mergeOneOption [ "a" ] [ { file = "f"; value = 3; } ]) (lib.mergeEqualOption [ "a" ] [ { file = "f"; value = 3; } { file = "g"; value = 3; } ]) ];
  cat = lib.lists.concatAttrValues { b = [ 2 ]; a = [ 1 ]; };
  prio = lib.hiPrioSet { a = { type = "derivation"; }; b = 1; };
  lua = let v = { a = 1; b = [ 1 "x" true null ]; "c-d" = { e = "q\"uo\nte"; f = 1.5; }; g = { }; h = [ ]; l = [ { x = 1; } ]; }; in
    [ (lib.generators.toLua { } v) (lib.generators.toLua { multiline = false; } v) (lib.generators.toLua { indent = "  "; } { a.b = 1; }) ];
  luaBindings = lib.generators.toLua { asBindings = true; } { a = 1; c.d = lib.generators.mkLuaInline "f()"; };
  plist = lib.generators.toPlist { } { a = 1; b = [ 1 "x<&>" true false ]; c = { e = "q"; f = 1.5; }; g = { }; h = [ ]; n = null; };
  plistEscape = lib.generators.toPlist { escape = true; } { "a<" = "x<&>'\""; };
  dhall = lib.generators.toDhall { } { a = 1; b = [ 1 2 ]; c = { e = "q"; f = 1.5; }; g = { }; h = true; neg = -3; e = [ ]; };
  platforms = lib.sort builtins.lessThan (lib.platforms.linux ++ lib.platforms.darwin);
  unix = map (s: builtins.elem s lib.platforms.unix) [ "x86_64-linux" "aarch64-darwin" "x86_64-solaris" "x86_64-windows" "x86_64-genode" ];
  ofProcessor = map (s: builtins.elem s lib.platforms.aarch64) [ "aarch64-linux" "x86_64-linux" ] ++ [ (lib.platforms.illumos == lib.systems.doubles.illumos) ];
  splicing = (lib.makeScopeWithSplicing' { splicePackages = x: x.pkgsHostTarget; newScope = scope: f: f scope; } {
    otherSplices = { selfBuildBuild = { }; selfBuildHost = { }; selfBuildTarget = { }; selfHostHost = { }; selfTargetTarget = { }; };
    f = self: { a = 1; b = self.callPackage (s: s.a + 1); };
  }).b;
}
