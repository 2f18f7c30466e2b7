lib:
let
  choice = tristate: {
    inherit tristate;
    optional = false;
  };
in
# What `structuredExtraConfig` of kernels is written in.
{
  yes = choice "y";
  no = choice "n";
  module = choice "m";
  unset = choice null;
  freeform = value: {
    freeform = value;
    optional = false;
  };
  option = answer: answer // { optional = true; };
  whenHelpers = version: {
    whenAtLeast = from: lib.mkIf (lib.versionAtLeast version from);
    whenOlder = before: lib.mkIf (lib.versionOlder version before);
    whenBetween = from: before: lib.mkIf (lib.versionAtLeast version from && lib.versionOlder version before);
  };
}
