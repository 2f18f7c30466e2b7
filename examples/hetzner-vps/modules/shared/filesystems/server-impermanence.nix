{
  config,
  lib,
  pkgs,
  ...
}:

let
  inherit (lib)
    concatStringsSep
    mkEnableOption
    mkIf
    mkOption
    types
    ;

  cfg = config.pantherOS.serverImpermanence;
  archiveName = "date +%Y%m%d-%H%M%S";
  kept = concatStringsSep " " cfg.excludePaths;
  tuned = cfg.performanceMode == "io-optimized";
in
{
  options.pantherOS.serverImpermanence = {
    enable = mkEnableOption "a root that starts empty at every boot";

    excludePaths = mkOption {
      type = types.listOf types.str;
      default = [
        "/persist"
        "/nix"
        "/var/log"
        "/var/lib/services"
        "/var/lib/caddy"
        "/var/backup"
        "/var/lib/containers"
        "/btrfs_tmp"
      ];
      description = "What the reset carries over into the new root.";
    };

    snapshotPolicy = mkOption {
      type = types.attrsOf types.str;
      default = {
        frequency = "6h";
        retention = "30d";
        scope = "critical";
      };
      description = "How often snapshots are taken, how long they stay, and of what.";
    };

    performanceMode = mkOption {
      type = types.enum [
        "balanced"
        "io-optimized"
        "space-optimized"
      ];
      default = "balanced";
      description = "What the kernel and the filesystem are tuned for.";
    };
  };

  config = mkIf cfg.enable {
    systemd.services.server-impermanence-setup = {
      enable = true;
      description = "Give the server an empty root";
      wantedBy = [ "initrd.target" ];
      before = [ "sysroot.mount" ];
      serviceConfig = {
        Type = "oneshot";
        RemainAfterExit = true;
      };
      script = ''
        #!/bin/sh
        set -e

        # Archive what the last boot left behind.
        if [ -d /root ] && [ -n "$(ls -A /root)" ]; then
          btrfs subvolume snapshot / "/btrfs_tmp/old_roots/root-$(date +%Y%m%d-%H%M%S)"
        fi

        # Out with the old root, in with a new one.
        btrfs subvolume delete / 2>/dev/null || true
        btrfs subvolume create /root # where the next boot looks for it

        # Carry over what is worth keeping.
        for entry in ${kept}; do
          [ -e "$entry" ] || continue
          mkdir -p "/root$entry"
          cp -a "$entry" "/root$entry"
        done

        case ${cfg.performanceMode} in
          io-optimized)
            echo 8192 >/proc/sys/vm/dirty_background_ratio
            echo 160 >/proc/sys/vm/dirty_ratio
            echo 5 >/proc/sys/vm/vfs_cache_pressure
            ;;
          space-optimized)
            btrfs property set -ts /root compression=zstd:3
            ;;
        esac
      '';
    };

    environment.systemPackages = [
      pkgs.btrfs-progs
      pkgs.coreutils
      pkgs.findutils
    ];

    boot.kernel.sysctl = {
      "vm.vfs_cache_pressure" = mkIf tuned 50;
      "vm.dirty_ratio" = mkIf tuned 80;
      "vm.dirty_background_ratio" = mkIf tuned 15;
      "vm.swappiness" = 1;
      "vm.overcommit_memory" = 1;
    };
  };
}
