{ inputs, pkgs, ... }:

{
  imports = [
    ./hardware.nix
    ./disko.nix
    ../../modules/shared/filesystems/server-btrfs.nix
    inputs.opnix.nixosModules.default
  ];

  # Containers and a database run here, so favour throughput.
  pantherOS.serverImpermanence = {
    enable = true;
    performanceMode = "io-optimized";
    snapshotPolicy = {
      frequency = "6h"; # four a day
      retention = "30d"; # a month back
      scope = "critical"; # nothing but what matters
    };
  };

  networking.hostName = "hetzner-vps";
  time.timeZone = "UTC";

  services.openssh = {
    enable = true;
    settings.PasswordAuthentication = false;
  };

  services.tailscale.enable = true;

  services.caddy = {
    enable = true;
    virtualHosts."panther.example.org".extraConfig = ''
      reverse_proxy 127.0.0.1:8080
    '';
  };

  services.postgresql = {
    enable = true;
    package = pkgs.postgresql_16;
    ensureDatabases = [ "panther" ];
    ensureUsers = [
      {
        name = "panther";
        ensureDBOwnership = true;
      }
    ];
  };

  virtualisation.podman = {
    enable = true;
    autoPrune.enable = true;
  };

  users.users.operator = {
    isNormalUser = true;
    extraGroups = [ "wheel" ];
    openssh.authorizedKeys.keys = [
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExampleExampleExampleExampleExampleExampleEx operator"
    ];
  };

  # Logins are by key alone, so nobody has a password that sudo could ask for.
  security.sudo.wheelNeedsPassword = false;

  system.stateVersion = "25.05";
}
