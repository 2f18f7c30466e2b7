# What the kernel and the filesystem are tuned for. btrfs has one set of mount options for all subvolumes: those of
# whichever is mounted first. What differs between directories is therefore set on the directories themselves.
{
  config,
  lib,
  pkgs,
  ...
}:

let
  inherit (lib) mkDefault mkOption types;

  cfg = config.pantherOS.serverImpermanence;
  absolutePath = types.strMatching "/[^ ]+";
  scriptWith = import ./script-with.nix lib;

  modes = {
    balanced = {
      mountOptions = [
        "compress=zstd:3"
        "noatime"
      ];
      # Swap is for emergencies on a server, but pages that nobody uses may go there.
      sysctl."vm.swappiness" = 10;
    };
    io-optimized = {
      # The fastest level that every kernel of these releases has.
      mountOptions = [
        "compress=zstd:1"
        "noatime"
      ];
      sysctl = {
        # Memory of services stays in memory.
        "vm.swappiness" = 1;
        # Directory entries and inodes stay in memory longer: services look up the same files again and again.
        "vm.vfs_cache_pressure" = 50;
        # Writing begins early and goes on steadily. The documents' 80 and 15 gather gigabytes, which a power cut
        # takes and which stall every service once they are written.
        "vm.dirty_background_ratio" = 5;
        "vm.dirty_ratio" = 20;
        # Bursts of network traffic find free pages.
        "vm.min_free_kbytes" = 65536;
      };
    };
    space-optimized = {
      # Also files whose first blocks do not compress. Reading is as fast as with any level; writing is not.
      mountOptions = [
        "compress-force=zstd:9"
        "noatime"
      ];
      sysctl."vm.swappiness" = 10;
    };
  };
  mode = modes.${cfg.performanceMode};
in
{
  options.pantherOS.serverImpermanence = {
    performanceMode = mkOption {
      type = types.enum (lib.attrNames modes);
      default = "balanced";
      description = ''
        What the server is tuned for. It decides `mountOptions` and sysctls, each of which the host may set otherwise.
        Compression and copy-on-write cannot differ between subvolumes by mount options; `noCow` and `compression` set
        them for directories.
      '';
    };

    mountOptions = mkOption {
      type = types.listOf types.str;
      readOnly = true;
      default = mode.mountOptions;
      defaultText = lib.literalMD "those of the mode";
      description = "What every subvolume is mounted with. with-disko.nix does so; a layout of your own has to.";
    };

    noCow = mkOption {
      type = types.listOf absolutePath;
      default = [ ];
      example = [ "/var/lib/postgresql" ];
      description = ''
        Directories whose new files are rewritten in place, without checksums and without compression: for databases
        that have checksums of their own. Files that are there stay as they are until they are copied, and each
        snapshot makes the next write to a block a copy again, so leave these out of `snapshotPolicy.sources`.
      '';
    };

    compression = mkOption {
      type = types.attrsOf (
        types.enum [
          "zstd"
          "lzo"
          "zlib"
          "none"
        ]
      );
      default = { };
      example = {
        "/var/log" = "zstd";
        "/var/lib/media" = "none";
      };
      description = ''
        How new files in a directory are compressed, whatever the mount options say. A level cannot be given here, and
        a directory cannot be in `noCow` as well.
      '';
    };
  };

  config = lib.mkIf cfg.enable {
    assertions = [
      {
        assertion = lib.intersectLists cfg.noCow (lib.attrNames cfg.compression) == [ ];
        message = "pantherOS.serverImpermanence: a directory is either in noCow or in compression; btrfs refuses both.";
      }
    ];

    boot.kernel.sysctl = lib.mapAttrs (_: mkDefault) (
      mode.sysctl
      // {
        # Containers and build tools watch many files.
        "fs.inotify.max_user_watches" = 524288;
      }
    );

    # After the persistence module has made its directories, before a service writes into them.
    systemd.tmpfiles.settings.server-impermanence-nocow = lib.genAttrs cfg.noCow (_: {
      h.argument = "+C";
    });

    systemd.services = lib.mkIf (cfg.compression != { }) {
      server-btrfs-compression = {
        description = "Set how directories are compressed";
        path = [ pkgs.btrfs-progs ];
        wantedBy = [ "sysinit.target" ];
        after = [
          "local-fs.target"
          "systemd-tmpfiles-setup.service"
        ];
        before = [ "sysinit.target" ];
        unitConfig.DefaultDependencies = false;
        serviceConfig.Type = "oneshot";
        script = scriptWith {
          DIRECTORIES = lib.concatStringsSep "\n" (
            lib.mapAttrsToList (path: kind: "${kind} ${path}") cfg.compression
          );
        } ./scripts/set-compression.sh;
      };
    };
  };
}
