# A whole disk for the server, laid out by nix-community/disko, whose module has to be imported too. The subvolumes are
# those of the documents; all are mounted with the options of the performance mode.
{ config, lib, ... }:

let
  inherit (lib) mkOption types;

  cfg = config.pantherOS.serverImpermanence;
  layout = cfg.layout;
  options = cfg.mountOptions;
in
{
  options.pantherOS.serverImpermanence.layout = {
    disk = mkOption {
      type = types.strMatching "/dev/.+";
      example = "/dev/disk/by-id/scsi-0QEMU_QEMU_HARDDISK_1";
      description = "The disk. disko erases it when it is told to format.";
    };
    bootSize = mkOption {
      type = types.strMatching "[0-9]+[MG]";
      default = "1G";
      description = "How large /boot is.";
    };
    subvolumes = mkOption {
      type = types.attrsOf types.str;
      default = {
        nix = "/nix";
        persist = "/persist";
        log = "/var/log";
        backup = "/var/backup";
        containers = "/var/lib/containers";
        snapshots = "/.snapshots";
      };
      description = ''
        Subvolumes beside that of the root, by their name, with where they are mounted. Those of the documents, without
        /var/cache and /var/tmp: on subvolumes of their own they would outlive the wipe.
      '';
    };
  };

  config = lib.mkIf cfg.enable {
    pantherOS.serverImpermanence.ownFileSystems = lib.mkDefault (
      [ "/boot" ] ++ lib.attrValues layout.subvolumes
    );

    disko.devices.disk.main = {
      type = "disk";
      device = layout.disk;
      content = {
        type = "gpt";
        partitions = {
          ESP = {
            type = "EF00";
            size = layout.bootSize;
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
              subvolumes = {
                ${cfg.rootSubvolume} = {
                  mountpoint = "/";
                  mountOptions = options;
                };
              }
              // lib.mapAttrs (_: mountpoint: {
                inherit mountpoint;
                mountOptions = options;
              }) layout.subvolumes;
            };
          };
        };
      };
    };
  };
}
