lib:
let
  part = n: version: builtins.elemAt (builtins.splitVersion version) n;
in
rec {
  inherit (builtins) compareVersions;
  inherit (builtins) splitVersion;
  major = part 0;
  minor = part 1;
  patch = part 2;
  majorMinor = version: builtins.concatStringsSep "." (lib.take 2 (splitVersion version));
  # Exactly `n` components, filled with zeros.
  pad =
    n: version:
    let
      number = builtins.head (lib.splitString "-" version);
      rest = lib.removePrefix number version;
      parts = lib.take n (builtins.splitVersion number);
      zeros = builtins.genList (_: "0") (lib.max 0 (n - builtins.length parts));
    in
    builtins.concatStringsSep "." (parts ++ zeros) + rest;
}
