lib:
let
  inherit (builtins) attrNames baseNameOf readDir;
in
rec {
  inherit (builtins)
    baseNameOf
    dirOf
    hashFile
    readDir
    ;
  isPath = builtins.isPath;
  readFileType = pathType;
  resolveDefaultNix =
    file:
    if lib.hasSuffix "/" (toString file) || (builtins.pathExists file && pathIsDirectory file) then
      file + "/default.nix"
    else
      file;
  pathType = builtins.readFileType or (path: (readDir (dirOf path)).${baseNameOf path});
  pathIsDirectory = path: builtins.pathExists path && pathType path == "directory";
  pathIsRegularFile = path: builtins.pathExists path && pathType path == "regular";
  listFilesRecursive =
    directory:
    let
      entries = readDir directory;
    in
    lib.concatMap (
      name:
      if entries.${name} == "directory" then listFilesRecursive (directory + "/${name}") else [ (directory + "/${name}") ]
    ) (attrNames entries);
  # The nearest directory from here upwards that has a file matching `pattern`.
  locateDominatingFile =
    pattern: file:
    let
      go =
        path:
        let
          matches = builtins.filter (match: match != null) (map (builtins.match pattern) (attrNames (readDir path)));
        in
        if matches != [ ] then
          {
            inherit path matches;
          }
        else if path == /. then
          null
        else
          go (dirOf path);
      start = if pathIsDirectory file then file else dirOf file;
    in
    go start;
  packagesFromDirectoryRecursive =
    {
      callPackage,
      directory,
      newScope ? throw "packagesFromDirectoryRecursive: newScope is needed for nested scopes",
      ...
    }:
    let
      entries = readDir directory;
      package = directory + "/package.nix";
      member =
        name:
        let
          path = directory + "/${name}";
        in
        if entries.${name} == "directory" then
          [
            {
              inherit name;
              value = packagesFromDirectoryRecursive {
                inherit callPackage newScope;
                directory = path;
              };
            }
          ]
        else if entries.${name} == "regular" && lib.hasSuffix ".nix" name then
          [
            {
              name = lib.removeSuffix ".nix" name;
              value = callPackage path { };
            }
          ]
        else
          [ ];
    in
    if builtins.pathExists package then
      callPackage package { }
    else
      builtins.listToAttrs (lib.concatMap member (attrNames entries));
}
