{
  description = "Checks NixOS hosts whose root is wiped at boot, and modules for servers of that kind";

  # For the program. The modules take nothing from it.
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";

  outputs =
    { self, nixpkgs }:
    let
      inherit (nixpkgs) lib;
      systems = [
        "x86_64-linux"
        "aarch64-linux"
        "x86_64-darwin"
        "aarch64-darwin"
      ];
      forAllSystems = lib.genAttrs systems;
    in
    {
      packages = forAllSystems (system: rec {
        nix-impermanence = nixpkgs.legacyPackages.${system}.callPackage ./nix/package.nix { };
        default = nix-impermanence;
      });

      apps = forAllSystems (system: rec {
        nix-impermanence = {
          type = "app";
          program = lib.getExe self.packages.${system}.nix-impermanence;
          meta.description = "Check hosts, and scaffold servers, whose root is wiped at boot";
        };
        default = nix-impermanence;
      });

      nixosModules = {
        default = ./server/scaffold;
        scripted-stage-1 = ./server/scaffold/scripted-stage-1.nix;
        with-disko = ./server/scaffold/with-disko.nix;
        with-impermanence = ./server/scaffold/with-impermanence.nix;
        with-preservation = ./server/scaffold/with-preservation.nix;
      };
    };
}
