# Stand-ins for the packages of nixpkgs: one for each name that the repository has.
{
  lib,
  names,
  system,
}:
let
  standIn = name: {
    type = "derivation";
    outPath = "/nix/store/eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee-${name}";
    inherit name;
    pname = name;
    version = "0";
    meta = { };
    lib = standIn "${name}-lib";
    out = standIn name;
    bin = standIn "${name}-bin";
    override = _: standIn name;
    overrideAttrs = _: standIn name;
    __functor = _: _: standIn name;
    psqlSchema = "0";
  };
in
lib.genAttrs names standIn
// {
  inherit lib system;
  stdenv.hostPlatform = lib.systems.elaborate system;
  callPackage = _: _: standIn "package";
  writeShellScript = name: _: "/nix/store/${name}";
  writeShellScriptBin = name: _: standIn name;
  writeText = name: _: "/nix/store/${name}";
  writeScript = name: _: "/nix/store/${name}";
  runCommand = name: _: _: standIn name;
  linuxPackages = standIn "linux";
}
