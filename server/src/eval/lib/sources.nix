lib:
rec {
  inherit (lib.filesystem) pathType pathIsDirectory pathIsRegularFile;
  # A filtered copy in the store: nobody can tell here which files it has.
  cleanSourceWith =
    {
      filter ? _: _: true,
      src,
      name ? "source",
    }:
    builtins.path {
      path = src;
      inherit filter name;
    };
  # What this leaves out are version control, backups and objects, which nobody evaluates.
  cleanSource = src: builtins.path { path = src; };
  sourceByRegex =
    src: patterns:
    cleanSourceWith {
      inherit src;
      filter = path: _: builtins.any (pattern: builtins.match pattern (toString path) != null) patterns;
    };
  sourceFilesBySuffices =
    src: suffixes:
    cleanSourceWith {
      inherit src;
      filter = path: type: type == "directory" || builtins.any (suffix: lib.hasSuffix suffix (toString path)) suffixes;
    };
}
