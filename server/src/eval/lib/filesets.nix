# Sets of files: kept as the sorted list of their paths. Which of them Git knows cannot be told here.
lib:
let
  inherit (builtins)
    attrNames
    concatLists
    elem
    filter
    isAttrs
    isList
    readDir
    ;
  made = files: {
    _type = "fileset";
    inherit files;
  };
  # Files of a folder in the order of their names, each folder at its place.
  below =
    path:
    let
      entries = readDir path;
      entry =
        name:
        if entries.${name} == "directory" then
          below (path + "/${name}")
        else
          [
            {
              path = path + "/${name}";
              type = entries.${name};
            }
          ];
    in
    lib.concatMap entry (attrNames entries);
  entriesOf =
    given:
    if isAttrs given && given._type or "" == "fileset" then
      given.files
    else if !(builtins.pathExists given) then
      throw "lib.fileset: ${toString given} does not exist."
    else if lib.pathIsDirectory given then
      below given
    else
      [
        {
          path = given;
          type = lib.pathType given;
        }
      ];
  pathsOf = map (entry: entry.path);
  partsOf = entry: lib.splitString "/" (toString entry.path);
  sorted = lib.sort (a: b: partsOf a < partsOf b);
  hasExtension =
    name: extension: lib.hasSuffix ".${extension}" name && builtins.stringLength name > builtins.stringLength extension + 1;
in
rec {
  toList = given: pathsOf (entriesOf given);
  empty = made [ ];
  maybeMissing = path: if builtins.pathExists path then made (entriesOf path) else empty;
  unions =
    given:
    if !isList given then
      throw "lib.fileset.unions: a list is needed."
    else
      made (sorted (lib.foldl' (done: more: done ++ filter (entry: !(elem entry.path (pathsOf done))) (entriesOf more)) [ ] given));
  union = a: b: unions [ a b ];
  intersection = a: b: made (filter (entry: elem entry.path (toList b)) (entriesOf a));
  difference = a: b: made (filter (entry: !(elem entry.path (toList b))) (entriesOf a));
  fileFilter =
    keep: path:
    made (
      filter (
        { path, type }:
        let
          name = baseNameOf path;
        in
        keep {
          inherit name type;
          hasExt = hasExtension name;
        }
      ) (entriesOf path)
    );
  fromSource = source: made (entriesOf (source.origSrc or source));
  toSource =
    { root, fileset }:
    lib.cleanSourceWith {
      src = root;
      filter = path: _: elem path (map toString (toList fileset));
    };
  trace = _: value: value;
  traceVal = value: value;
}
