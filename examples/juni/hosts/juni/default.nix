{ pkgs, ... }:

{
  imports = [
    ./hardware.nix
    ./disko.nix
    ./reset-root.nix
    ./archives.nix
    ./persistence.nix
  ];

  networking = {
    hostName = "juni";
    networkmanager.enable = true;
  };
  time.timeZone = "America/Chicago";

  services.openssh = {
    enable = true;
    settings.PasswordAuthentication = false;
    hostKeys = [
      {
        path = "/persist/etc/ssh/ssh_host_ed25519_key";
        type = "ed25519";
      }
    ];
  };

  services.tailscale.enable = true;
  services.ollama.enable = true;

  services.flatpak.enable = true;
  xdg.portal = {
    enable = true;
    extraPortals = [ pkgs.xdg-desktop-portal-gtk ];
    config.common.default = "gtk";
  };
  programs.sway.enable = true;

  users.mutableUsers = false;
  users.users.josh = {
    isNormalUser = true;
    extraGroups = [
      "networkmanager"
      "wheel"
    ];
    hashedPasswordFile = "/persist/secrets/josh.hash";
  };
  security.sudo.extraConfig = "Defaults lecture = never";

  system.stateVersion = "25.05";
}
