lib:
let
  inherit (builtins) isString;
  problem =
    value:
    if !isString value then
      "it is no string"
    else if value == "" then
      "it is empty"
    else if builtins.substring 0 1 value == "/" then
      "it starts with a slash"
    else if builtins.elem ".." (lib.splitString "/" value) then
      "it has a '..' component"
    else
      null;
  components = value: builtins.filter (part: part != "" && part != ".") (lib.splitString "/" value);
  joined = parts: "./${if parts == [ ] then "." else builtins.concatStringsSep "/" parts}";
  checked =
    name: value: result:
    if problem value == null then
      result
    else
      throw "lib.path.${name}: ${toString value} is no valid subpath: ${problem value}";
  parts = path: builtins.filter (part: part != "") (lib.splitString "/" (toString path));
in
rec {
  append =
    root: subpath:
    checked "append" subpath (
      if components subpath == [ ] then root else root + "/${builtins.concatStringsSep "/" (components subpath)}"
    );
  hasPrefix = start: path: lib.lists.hasPrefix (parts start) (parts path);
  removePrefix =
    start: path:
    if hasPrefix start path then
      joined (lib.drop (builtins.length (parts start)) (parts path))
    else
      throw "lib.path.removePrefix: ${toString path} does not start with ${toString start}";
  splitRoot = path: {
    root = /.;
    subpath = joined (parts path);
  };
  hasStorePathPrefix = path: lib.hasPrefix "${builtins.storeDir}/" (toString path);
  subpath = {
    isValid = value: problem value == null;
    join = list: joined (lib.concatMap (value: checked "subpath.join" value (components value)) list);
    components = value: checked "subpath.components" value (components value);
    normalise = value: checked "subpath.normalise" value (joined (components value));
  };
}
