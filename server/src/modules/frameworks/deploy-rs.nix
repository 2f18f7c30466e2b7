# deploy-rs: what is activated on a node is remembered, so that the node's address can be told of the host.
{ open, ... }:
let
  activates = path: {
    type = "derivation";
    outPath = "/nix/store/eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee-activatable";
    __activates = path;
  };
  forSystem = _: {
    activate = open "deploy-rs.lib.<system>.activate" {
      nixos = activates;
      home-manager = activates;
      darwin = activates;
      noop = activates;
      custom = path: _: activates path;
    };
    deployChecks = _: { };
  };
in
open "deploy-rs" {
  lib = builtins.listToAttrs (
    map
      (name: {
        inherit name;
        value = forSystem name;
      })
      [
        "x86_64-linux"
        "aarch64-linux"
        "x86_64-darwin"
        "aarch64-darwin"
        "i686-linux"
        "armv7l-linux"
        "riscv64-linux"
      ]
  );
}
