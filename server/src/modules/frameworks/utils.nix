# The `utils` argument of NixOS modules, as far as configurations of storage use it.
{ lib, open, ... }:
let
  # systemd-escape: slashes become dashes, what units cannot have in their names becomes \xNN.
  special = [
    " "
    "!"
    "\""
    "#"
    "$"
    "%"
    "&"
    "'"
    "("
    ")"
    "*"
    "+"
    ","
    ";"
    "<"
    "="
    ">"
    "@"
    "["
    "\\"
    "]"
    "^"
    "`"
    "{"
    "|"
    "}"
    "~"
    "-"
    "/"
  ];
  escaped = [
    "\\x20"
    "\\x21"
    "\\x22"
    "\\x23"
    "\\x24"
    "\\x25"
    "\\x26"
    "\\x27"
    "\\x28"
    "\\x29"
    "\\x2a"
    "\\x2b"
    "\\x2c"
    "\\x3b"
    "\\x3c"
    "\\x3d"
    "\\x3e"
    "\\x40"
    "\\x5b"
    "\\x5c"
    "\\x5d"
    "\\x5e"
    "\\x60"
    "\\x7b"
    "\\x7c"
    "\\x7d"
    "\\x7e"
    "\\x2d"
    "-"
  ];
  escapeText =
    text:
    if lib.hasPrefix "." text then
      "\\x2e" + builtins.replaceStrings special escaped (lib.removePrefix "." text)
    else
      builtins.replaceStrings special escaped text;
  trimmed = path: lib.concatStringsSep "/" (lib.filter (part: part != "") (lib.splitString "/" path));
  bootPaths = [
    "/"
    "/nix"
    "/nix/store"
    "/var"
    "/var/log"
    "/var/lib"
    "/var/lib/nixos"
    "/etc"
    "/usr"
  ];
  escapeSystemdExecArg =
    arg: builtins.replaceStrings [ "%" "$" ] [ "%%" "$$" ] (builtins.toJSON (toString arg));
in
open "utils" {
  pathsNeededForBoot = bootPaths;
  fsNeededForBoot = fs: (fs.neededForBoot or false) || lib.elem fs.mountPoint bootPaths;
  escapeSystemdPath =
    path:
    let
      text = trimmed (toString path);
    in
    if text == "" then "-" else escapeText text;
  inherit escapeSystemdExecArg;
  escapeSystemdExecArgs = lib.concatMapStringsSep " " escapeSystemdExecArg;
  toShellPath = shell: if shell ? shellPath then "/run/current-system/sw${shell.shellPath}" else shell;
  removePackagesByName =
    packages: removed:
    let
      names = map lib.getName removed;
    in
    lib.filter (package: !lib.elem (lib.getName package) names) packages;
}
