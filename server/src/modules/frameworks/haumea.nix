# haumea: a folder of Nix files as one set. Files get the inputs they name, and `self`, `super` and `root`.
{ lib, open, ... }:
let
  # A file gets every input that it names; one that is not there is an error only where it is used.
  call =
    inputs: value:
    if lib.isFunction value then value (lib.mapAttrs (name: _: inputs.${name}) (lib.functionArgs value)) else value;

  loaders = open "haumea.lib.loaders" {
    default = inputs: path: call inputs (import path);
    verbatim = _: import;
    path = _: path: path;
    scoped = inputs: path: builtins.scopedImport inputs path;
    callPackage = inputs: path: (inputs.pkgs.callPackage or (f: args: call (inputs // args) (import f))) path { };
  };

  matchers = open "haumea.lib.matchers" {
    always = loader: {
      matches = _: true;
      inherit loader;
    };
    nix = loader: {
      matches = lib.hasSuffix ".nix";
      loader = inputs: path: loader inputs path;
    };
    extension = ext: loader: {
      matches = lib.hasSuffix ".${ext}";
      inherit loader;
    };
    regex = pattern: loader: {
      matches = file: builtins.match pattern file != null;
      loader = inputs: path: loader (builtins.match pattern (baseNameOf path)) inputs path;
    };
    json = {
      matches = lib.hasSuffix ".json";
      loader = _: lib.importJSON;
    };
    toml = {
      matches = lib.hasSuffix ".toml";
      loader = _: lib.importTOML;
    };
  };

  liftDefault =
    _: set:
    if builtins.isAttrs set && set ? default && builtins.isAttrs set.default then
      removeAttrs set [ "default" ] // set.default
    else
      set;

  transformers = open "haumea.lib.transformers" { inherit liftDefault; };

  # `_name` is seen by every file, `__name` by those of its folder and below; neither is part of the result.
  visibilityOf =
    name:
    if lib.hasPrefix "__" name then
      "folder"
    else if lib.hasPrefix "_" name then
      "inside"
    else
      "everywhere";
  bare = name: lib.removePrefix "_" (lib.removePrefix "_" name);
  withoutExtension =
    name:
    let
      parts = builtins.match "(.+)\\.[^.]+" name;
    in
    if parts == null then name else builtins.head parts;

  load =
    {
      src,
      loader ? loaders.default,
      inputs ? { },
      transformer ? [ ],
    }:
    let
      choices = if builtins.isList loader then loader else [ (matchers.nix loader) ];
      loaderOf = name: lib.findFirst (one: one.matches (bare name)) null choices;
      transform = position: value: lib.foldl' (done: step: step position done) value (lib.flatten [ transformer ]);

      # A folder's entries by their name: { visibility; children; } for folders, { visibility; value; } for files.
      entriesOf =
        folder: position:
        let
          kinds = builtins.readDir folder;
          kept = lib.filter (
            name:
            bare name != "" && (kinds.${name} == "directory" || (kinds.${name} == "regular" && loaderOf name != null))
          ) (lib.attrNames kinds);
          shownName = name: if kinds.${name} == "directory" then bare name else withoutExtension (bare name);
          entry =
            name:
            let
              path = folder + "/${name}";
            in
            {
              visibility = visibilityOf name;
            }
            // (
              if kinds.${name} == "directory" then
                { children = entriesOf path (position ++ [ (shownName name) ]); }
              else
                {
                  value = lib.fix (
                    self:
                    (loaderOf name).loader (
                      inputs
                      // {
                        inherit self;
                        super = lib.getAttrFromPath position (seenFrom position tree [ ]);
                        root = seenFrom position tree [ ];
                      }
                    ) path
                  );
                }
            );
        in
        lib.listToAttrs (map (name: lib.nameValuePair (shownName name) (entry name)) kept);
      tree = entriesOf src [ ];

      # The tree as a file at `observer` sees it; null is the world outside.
      seenFrom =
        observer: entries: position:
        let
          isAround = observer != null && lib.take (lib.length position) observer == position;
          isSeen =
            { visibility, ... }:
            visibility == "everywhere" || (observer != null && visibility == "inside") || isAround;
          shown =
            name: entry:
            if entry ? children then seenFrom observer entry.children (position ++ [ name ]) else entry.value;
        in
        transform position (lib.mapAttrs shown (lib.filterAttrs (_: isSeen) entries));
    in
    seenFrom null tree [ ];
in
open "haumea" {
  lib = open "haumea.lib" { inherit load loaders matchers transformers; };
}
