let
  # One set for all: btrfs takes the options of the filesystem from whichever subvolume is mounted first.
  mountOptions = [
    "compress=zstd:1"
    "noatime"
  ];
in
{
  disko.devices.disk.main = {
    type = "disk";
    device = "/dev/disk/by-id/scsi-0QEMU_QEMU_HARDDISK_12345678";
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

            # The top level, where btrbk sees every subvolume.
            mountpoint = "/.btrfs";
            mountOptions = [ "subvolid=5" ] ++ mountOptions;

            subvolumes = {
              # Emptied at every boot; earlier ones are kept in old_roots for a while.
              root = {
                inherit mountOptions;
                mountpoint = "/";
              };
              old_roots = { };

              nix = {
                inherit mountOptions;
                mountpoint = "/nix";
              };
              persist = {
                inherit mountOptions;
                mountpoint = "/persist";
              };
              home = {
                inherit mountOptions;
                mountpoint = "/home";
              };
              log = {
                inherit mountOptions;
                mountpoint = "/var/log";
              };
              backup = {
                inherit mountOptions;
                mountpoint = "/var/backup";
              };

              # Apart from /persist, so that its snapshots hold neither: both are rewritten in place.
              containers = {
                inherit mountOptions;
                mountpoint = "/var/lib/containers";
              };
              postgresql = {
                inherit mountOptions;
                mountpoint = "/var/lib/postgresql";
              };

              snapshots = { };
            };
          };
        };
      };
    };
  };
}
