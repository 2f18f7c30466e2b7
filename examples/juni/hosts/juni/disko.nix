let
  # A disk that gives all it has to the filesystem.
  member = device: {
    type = "disk";
    inherit device;
    content = {
      type = "gpt";
      partitions.data = {
        size = "100%";
        content = {
          type = "bcachefs";
          filesystem = "juni";
        };
      };
    };
  };
in
{
  disko.devices = {
    disk = {
      boot = {
        type = "disk";
        device = "/dev/disk/by-id/nvme-Example_SSD_A_00000001";
        content = {
          type = "gpt";
          partitions = {
            ESP = {
              type = "EF00";
              size = "1G";
              content = {
                type = "filesystem";
                format = "vfat";
                mountpoint = "/boot";
                mountOptions = [ "umask=0077" ];
              };
            };
            data = {
              size = "100%";
              content = {
                type = "bcachefs";
                filesystem = "juni";
              };
            };
          };
        };
      };
      second = member "/dev/disk/by-id/nvme-Example_SSD_B_00000002";
      third = member "/dev/disk/by-id/nvme-Example_SSD_C_00000003";
      fourth = member "/dev/disk/by-id/nvme-Example_SSD_D_00000004";
      fifth = member "/dev/disk/by-id/nvme-Example_SSD_E_00000005";
    };

    bcachefs_filesystems.juni = {
      type = "bcachefs_filesystem";
      uuid = "5e1c0b52-7c5d-4a6e-9a51-3f0d8d1a7b20";
      extraFormatArgs = [
        "--replicas=2"
        "--compression=zstd"
      ];
      subvolumes = {
        # Emptied at every boot, see reset-root.nix.
        "@root".mountpoint = "/";

        "@nix".mountpoint = "/nix";
        "@persist".mountpoint = "/persist";

        # Roots of earlier boots, see archives.nix.
        "@snapshots".mountpoint = "/.snapshots";
      };
    };
  };
}
