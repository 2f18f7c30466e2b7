{ inputs, pkgs, ... }:

{
  imports = [
    ./hardware.nix
    ./disko.nix
    ./persistence.nix
    ../../../modules/shared/filesystems/server-btrfs.nix
    inputs.opnix.nixosModules.default
  ];

  pantherOS.serverImpermanence = {
    enable = true;
    performanceMode = "io-optimized";
    snapshotPolicy = {
      frequency = "00/6:00";
      keepAll = "2d";
      keep = "14d 4w 3m";
      scope = "critical";
    };
  };

  networking = {
    hostName = "hetzner-vps";
    firewall.allowedTCPPorts = [
      80
      443
    ];
  };
  time.timeZone = "UTC";

  services.openssh = {
    enable = true;
    settings.PasswordAuthentication = false;
    # In the store, not under /etc/ssh: sshd and secrets find the same key on the first and on every later boot.
    hostKeys = [
      {
        path = "/persist/etc/ssh/ssh_host_ed25519_key";
        type = "ed25519";
      }
    ];
  };

  services.onepassword-secrets = {
    enable = true;
    tokenFile = "/persist/secrets/opnix-token";
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

  # The database is left out of the snapshots, so it is dumped instead.
  services.postgresqlBackup = {
    enable = true;
    location = "/var/backup/postgresql";
    startAt = "*-*-* 01:15:00";
  };

  virtualisation.podman = {
    enable = true;
    autoPrune.enable = true;
  };

  # Passwords come from the store: what `passwd` writes to /etc would be gone at the next boot.
  users.mutableUsers = false;
  users.users.operator = {
    isNormalUser = true;
    extraGroups = [ "wheel" ];
    hashedPasswordFile = "/persist/secrets/operator.hash";
    openssh.authorizedKeys.keys = [
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExampleExampleExampleExampleExampleExampleEx operator"
    ];
  };
  security.sudo.extraConfig = "Defaults lecture = never";

  system.stateVersion = "25.05";
}
