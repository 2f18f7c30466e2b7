lib:
let
  inherit (builtins) intersectAttrs isAttrs mapAttrs;
in
rec {
  makeOverridable =
    f:
    lib.mirrorFunctionArgs f (
      args:
      let
        result = f args;
        again = change: makeOverridable f (args // (if lib.isFunction change then change args else change));
        extra = {
          override = lib.mirrorFunctionArgs f again;
          overrideDerivation = change: makeOverridable (a: overrideDerivation (f a) change) args;
        };
      in
      if isAttrs result then
        result
        // extra
        // (
          if result ? overrideAttrs then
            { overrideAttrs = change: makeOverridable (a: (f a).overrideAttrs change) args; }
          else
            { }
        )
      else if lib.isFunction result then
        lib.setFunctionArgs result (lib.functionArgs result) // extra
      else
        result
    );
  overrideDerivation = drv: change: drv.overrideAttrs change;
  callPackageWith =
    available: fn: args:
    let
      f = if lib.isFunction fn then fn else import fn;
      wanted = lib.functionArgs f;
      given = intersectAttrs wanted available // args;
      missing = builtins.filter (name: !(wanted.${name}) && !(given ? ${name})) (builtins.attrNames wanted);
    in
    if missing == [ ] then
      makeOverridable f given
    else
      throw "callPackage: the function needs '${builtins.head missing}', which is not there";
  callPackagesWith =
    available: fn: args:
    let
      f = if lib.isFunction fn then fn else import fn;
      given = intersectAttrs (lib.functionArgs f) available // args;
      packages = f given;
      each = name: makeOverridable (newArgs: (f newArgs).${name}) given;
    in
    mapAttrs (name: _: each name) packages;
  makeScope =
    newScope: f:
    let
      scope = f scope // {
        newScope = more: newScope (scope // more);
        callPackage = scope.newScope { };
        overrideScope = overlay: makeScope newScope (lib.extends overlay f);
        packages = f;
      };
    in
    scope;
  makeScopeWithSplicing' =
    {
      splicePackages,
      newScope,
    }:
    {
      otherSplices,
      keep ? (_: { }),
      extra ? (_: { }),
      f,
    }:
    let
      spliced = extra splicedOnly // splicedOnly // keep scope;
      splicedOnly = splicePackages {
        pkgsBuildBuild = otherSplices.selfBuildBuild;
        pkgsBuildHost = otherSplices.selfBuildHost;
        pkgsBuildTarget = otherSplices.selfBuildTarget;
        pkgsHostHost = otherSplices.selfHostHost;
        pkgsHostTarget = scope;
        pkgsTargetTarget = otherSplices.selfTargetTarget;
      };
      again = made: lib.makeScopeWithSplicing' { inherit splicePackages newScope; } {
        inherit otherSplices keep extra;
        f = made;
      };
      scope = f scope // {
        callPackage = newScope spliced;
        newScope = more: newScope (spliced // more);
        overrideScope = overlay: again (lib.extends overlay f);
        packages = f;
      };
    in
    scope;
}
