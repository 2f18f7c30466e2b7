{
  description = "NixOS modules for servers whose root is wiped at boot";

  outputs = _: {
    nixosModules = {
      default = ./server/scaffold;
      scripted-stage-1 = ./server/scaffold/scripted-stage-1.nix;
      with-disko = ./server/scaffold/with-disko.nix;
      with-impermanence = ./server/scaffold/with-impermanence.nix;
      with-preservation = ./server/scaffold/with-preservation.nix;
    };
  };
}
