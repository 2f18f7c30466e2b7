# Builtins on sets and functions.
{
  attrNames = builtins.attrNames { b = 1; a = 2; c = 3; };
  attrNamesEmpty = builtins.attrNames { };
  attrNamesOrder = builtins.attrNames { "a-b" = 1; "a.b" = 1; ab = 1; "a b" = 1; "é" = 1; z = 1; Z = 1; };
  attrNamesLazy = builtins.attrNames { a = throw "never"; };
  attrValues = builtins.attrValues { b = 1; a = 2; };
  hasAttrYes = builtins.hasAttr "a" { a = 1; };
  hasAttrNo = builtins.hasAttr "b" { a = 1; };
  getAttr = builtins.getAttr "a" { a = 1; };
  mapAttrs = builtins.mapAttrs (n: v: "${n}=${toString v}") { a = 1; b = 2; };
  mapAttrsLazy = (builtins.mapAttrs (n: v: throw n) { a = 1; }) ? a;
  mapAttrsEmpty = builtins.mapAttrs (throw "never") { };
  listToAttrs = builtins.listToAttrs [ { name = "a"; value = 1; } { name = "b"; value = 2; } ];
  listToAttrsFirstWins = builtins.listToAttrs [ { name = "a"; value = 1; } { name = "a"; value = 2; } ];
  listToAttrsLazy = (builtins.listToAttrs [ { name = "a"; value = throw "never"; } { name = "b"; value = 1; } ]).b;
  listToAttrsEmpty = builtins.listToAttrs [ ];
  removeAttrs = removeAttrs { a = 1; b = 2; c = 3; } [ "a" "c" "zz" ];
  removeAttrsNone = removeAttrs { a = 1; } [ ];
  intersectAttrs = builtins.intersectAttrs { a = 1; b = 2; } { b = 3; c = 4; };
  intersectAttrsEmpty = builtins.intersectAttrs { } { a = 1; };
  catAttrs = builtins.catAttrs "a" [ { a = 1; } { b = 0; } { a = 2; } ];
  catAttrsNone = builtins.catAttrs "z" [ { a = 1; } ];
  zipAttrsWith = builtins.zipAttrsWith (n: vs: { inherit n vs; }) [ { a = 1; } { a = 2; b = 3; } ];
  zipAttrsWithSum = builtins.zipAttrsWith (_: builtins.foldl' builtins.add 0) [ { a = 1; } { a = 2; b = 3; } { b = 4; } ];
  zipAttrsWithLazy = (builtins.zipAttrsWith (n: vs: if n == "a" then throw "never" else vs) [ { a = 1; b = 2; } ]).b;
  functionArgs = builtins.functionArgs ({ a, b ? 1, ... }: a);
  functionArgsPlain = builtins.functionArgs (x: x);
  functionArgsAt = builtins.functionArgs (all@{ q ? null }: q);
  functionArgsEmpty = builtins.functionArgs ({ }: 1);
  isAttrsYes = builtins.isAttrs { };
  isAttrsNo = builtins.isAttrs [ ];
  positionFile = baseNameOf (builtins.unsafeGetAttrPos "a" { a = 1; }).file;
  positionLine = (builtins.unsafeGetAttrPos "y" {
    x = 1;
    y = 2;
  }).line - (builtins.unsafeGetAttrPos "x" {
    x = 1;
  }).line;
  positionColumn = (builtins.unsafeGetAttrPos "abc" {
    abc = 1;
  }).column;
  positionMissing = builtins.unsafeGetAttrPos "a" { b = 1; };
  updateViaFold = builtins.foldl' (acc: n: acc // { ${n} = true; }) { } [ "x" "y" ];
  namesOfMapped = builtins.attrNames (builtins.mapAttrs (_: v: v) { z = 1; y = 2; });
  nested = builtins.mapAttrs (_: builtins.mapAttrs (_: v: v + 1)) { a = { x = 1; }; b = { y = 2; }; };
  valuesInNameOrder = builtins.attrValues (builtins.listToAttrs [ { name = "b"; value = 1; } { name = "a"; value = 2; } ]);
  functorIsNotAFunction = builtins.isFunction { __functor = _: x: x; };
  selfReference = let s = { a = 1; b = s.a; }; in s.b;
}
