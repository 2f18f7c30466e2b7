# What outlives a reboot. /home, /var/log, /var/backup, containers and the database have subvolumes of their own.
{
  fileSystems."/persist".neededForBoot = true;
  fileSystems."/var/log".neededForBoot = true;
  fileSystems."/home".neededForBoot = true; # homes are made before stage 2 mounts anything

  environment.persistence."/persist" = {
    hideMounts = true;
    directories = [
      "/var/lib/nixos"
      "/var/lib/systemd"
      {
        directory = "/root";
        mode = "0700";
      }
      {
        directory = "/var/lib/btrbk";
        user = "btrbk";
        group = "btrbk";
        mode = "0750";
      }
      {
        directory = "/var/lib/caddy";
        user = "caddy";
        group = "caddy";
        mode = "0700";
      }
      {
        directory = "/var/lib/tailscale";
        mode = "0700";
      }
    ];
    files = [ "/etc/machine-id" ];
  };
}
