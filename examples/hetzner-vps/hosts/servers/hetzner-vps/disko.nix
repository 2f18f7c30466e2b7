{
  disko.devices.disk.main = {
    type = "disk";
    device = "/dev/sda";
    content = {
      type = "gpt";
      partitions = {
        ESP = {
          type = "EF00";
          size = "512M";
          content = {
            type = "filesystem";
            format = "vfat";
            mountpoint = "/boot";
            mountOptions = [ "umask=0077" ];
          };
        };
        root = {
          size = "100%";
          content = {
            type = "btrfs";
            extraArgs = [ "-f" ];
            subvolumes = [
              # Kept
              {
                name = "nix";
                mountpoint = "/nix";
                compress = "zstd:1";
                neededForBoot = true;
              }
              {
                name = "persist";
                mountpoint = "/persist";
                compress = "zstd:3";
                neededForBoot = true;
              }
              {
                name = "log";
                mountpoint = "/var/log";
                compress = "zstd:3";
                neededForBoot = true;
              }
              {
                name = "services";
                mountpoint = "/var/lib/services";
                compress = "zstd:2";
                neededForBoot = true;
              }
              {
                name = "caddy";
                mountpoint = "/var/lib/caddy";
                compress = "zstd:3";
                neededForBoot = true;
              }
              {
                name = "backup";
                mountpoint = "/var/backup";
                compress = "zstd:3";
              }
              {
                name = "containers";
                mountpoint = "/var/lib/containers";
                compress = "zstd:1";
                mountOptions = [ "nodatacow" ];
              }

              # Forgotten
              {
                name = "root";
                mountpoint = "/";
                compress = "zstd:3";
              }
              {
                name = "cache";
                mountpoint = "/var/cache";
                compress = "zstd:3";
              }
              {
                name = "tmp";
                mountpoint = "/var/tmp";
                compress = "zstd:1";
                mountOptions = [ "nodatacow" ];
              }

              # Archives
              {
                name = "snapshots";
                mountpoint = "/.snapshots";
                compress = "zstd:3";
              }
              {
                name = "old_roots";
                mountpoint = "/btrfs_tmp/old_roots";
                compress = "zstd:3";
              }
            ];
          };
        };
      };
    };
  };
}
