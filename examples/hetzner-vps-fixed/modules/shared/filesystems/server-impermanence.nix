{ config, lib, ... }:

let
  inherit (lib)
    mkEnableOption
    mkIf
    mkOption
    types
    ;

  cfg = config.pantherOS.serverImpermanence;

  # disko names the partition after its disk and its attribute.
  device = "/dev/disk/by-partlabel/disk-main-root";
  deviceUnit = "dev-disk-by\\x2dpartlabel-disk\\x2dmain\\x2droot.device";
in
{
  options.pantherOS.serverImpermanence = {
    enable = mkEnableOption "a root that starts empty at every boot";

    performanceMode = mkOption {
      type = types.enum [
        "balanced"
        "io-optimized"
      ];
      default = "balanced";
      description = "What the kernel's write-back is tuned for.";
    };
  };

  config = mkIf cfg.enable {
    boot.initrd.systemd.enable = true;

    boot.initrd.systemd.services.reset-root = {
      description = "Put the last root aside and start with an empty one";
      wantedBy = [ "initrd.target" ];
      requires = [ deviceUnit ];
      after = [ deviceUnit ];
      before = [ "sysroot.mount" ];
      unitConfig.DefaultDependencies = false;
      serviceConfig.Type = "oneshot";
      script = ''
        top=/run/btrfs-top
        mkdir -p "$top"
        mount -t btrfs -o subvolid=5 ${device} "$top"
        trap 'umount "$top"' EXIT

        is_subvolume() {
          btrfs subvolume show "$1" > /dev/null 2>&1
        }

        # Moving is atomic and takes nested subvolumes along; only afterwards is there room for a new root.
        mkdir -p "$top/old_roots"
        if is_subvolume "$top/root"; then
          mv "$top/root" "$top/old_roots/$(date +%Y%m%dT%H%M%S)"
        fi
        if [ ! -e "$top/root" ]; then
          btrfs subvolume create "$top/root"
        fi

        # Names are dates, so they compare as text. The glob never yields old_roots itself.
        oldest=$(date -d '30 days ago' +%Y%m%dT%H%M%S)
        for archive in "$top"/old_roots/*; do
          is_subvolume "$archive" || continue
          if [ "''${archive##*/}" \< "$oldest" ]; then
            btrfs subvolume delete -R "$archive"
          fi
        done
      '';
    };

    boot.kernel.sysctl = {
      "vm.swappiness" = 10;
    }
    // lib.optionalAttrs (cfg.performanceMode == "io-optimized") {
      # In percent of the memory: enough to batch writes, little enough to lose.
      "vm.dirty_background_ratio" = 5;
      "vm.dirty_ratio" = 20;
      "vm.vfs_cache_pressure" = 50;
    };
  };
}
