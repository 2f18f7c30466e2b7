# As much of nixpkgs as flake.nix and nix/package.nix use. What builds a package hands back what it was given.
{ node }:

let
  inherit (builtins)
    attrNames
    concatMap
    elem
    filter
    genericClosure
    isString
    length
    listToAttrs
    mapAttrs
    split
    substring
    ;
  elementAt = builtins.elemAt;

  lib = {
    inherit
      attrNames
      concatMap
      elem
      genericClosure
      mapAttrs
      ;
    importJSON = file: builtins.fromJSON (builtins.readFile file);
    genAttrs = names: f: listToAttrs (map (name: { inherit name; value = f name; }) names);
    filterAttrs = keep: set: removeAttrs set (filter (name: !(keep name set.${name})) (attrNames set));
    hasPrefix = prefix: text: substring 0 (builtins.stringLength prefix) text == prefix;
    optionalString = condition: text: if condition then text else "";
    concatStringsSep = builtins.concatStringsSep;
    splitString = separator: text: filter isString (split separator text);
    last = list: elementAt list (length list - 1);
    init = list: builtins.genList (elementAt list) (length list - 1);
    getExe = package: "${package.outPath or package}/bin/${package.meta.mainProgram}";
    fileset = {
      toSource = { root, fileset }: { root = toString root; files = map toString fileset; };
      unions = paths: paths;
    };
    licenses.mit = "mit";
    platforms = {
      linux = [ "x86_64-linux" "aarch64-linux" ];
      darwin = [ "x86_64-darwin" "aarch64-darwin" ];
    };
  };

  # How Node calls the systems.
  platformOf = {
    x86_64-linux = { platform = "linux"; arch = "x64"; };
    aarch64-linux = { platform = "linux"; arch = "arm64"; };
    x86_64-darwin = { platform = "darwin"; arch = "x64"; };
    aarch64-darwin = { platform = "darwin"; arch = "arm64"; };
  };

  packagesFor =
    system:
    let
      packages = {
        inherit lib;
        stdenv.buildPlatform.node = platformOf.${system};
        buildNpmPackage = given: given // { outPath = "/out-${system}"; };
        importNpmLock = {
          __functor = _: given: given;
          npmConfigHook = "the hook of importNpmLock";
        };
        makeWrapper = "makeWrapper";
        nodejs = { outPath = node; meta.mainProgram = "node"; };
        callPackage =
          file: given:
          let
            function = import file;
          in
          function (builtins.intersectAttrs (builtins.functionArgs function) packages // given);
      };
    in
    packages;
in
{
  inherit lib;
  legacyPackages = mapAttrs (system: _: packagesFor system) platformOf;
}
