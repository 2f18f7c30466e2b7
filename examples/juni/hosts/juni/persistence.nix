{
  # disko marks what is on bcachefs by itself; said here so that it does not hang on that.
  fileSystems."/persist".neededForBoot = true;

  environment.persistence."/persist" = {
    hideMounts = true;

    directories = [
      "/var/log"
      "/var/lib/nixos"
      "/var/lib/systemd"
      "/var/lib/flatpak"
      "/var/lib/NetworkManager"
      {
        directory = "/etc/NetworkManager/system-connections";
        mode = "0700";
      }
      {
        directory = "/root";
        mode = "0700";
      }
      {
        directory = "/var/lib/bluetooth";
        mode = "0700";
      }
      # Services with a dynamic user keep their state in here, ollama for one. systemd refuses any other mode.
      {
        directory = "/var/lib/private";
        mode = "0700";
      }
      {
        directory = "/var/lib/tailscale";
        mode = "0700";
      }
    ];

    # The host key is not listed: sshd is told to keep it in the store itself.
    files = [ "/etc/machine-id" ];

    users.josh.directories = [
      "projects"
      ".local/share"
      ".var/app"
      {
        directory = ".config";
        mode = "0700";
      }
      {
        directory = ".gnupg";
        mode = "0700";
      }
      {
        directory = ".ssh";
        mode = "0700";
      }
    ];
  };
}
