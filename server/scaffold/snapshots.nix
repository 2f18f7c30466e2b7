# Read-only snapshots of what persists, and their end by a policy. They share the enable option of the impermanence.
{
  config,
  lib,
  pkgs,
  ...
}:

let
  inherit (lib) mkIf mkOption types;

  cfg = config.pantherOS.serverImpermanence;
  policy = cfg.snapshotPolicy;
  keep = import ./retention.nix lib policy.retention;

  name = types.strMatching "[A-Za-z0-9_.]+";
  absolutePath = types.strMatching "/[^ ]*";

  # A time span such as 6h is a calendar expression for nobody but readers.
  calendar = types.addCheck types.str (text: builtins.match "[0-9]+ ?[a-z]+" text == null) // {
    description = "calendar expression of systemd.time, such as 00/6:00 for every six hours; 6h is none";
  };

  scriptWith = import ./script-with.nix lib;

  chosen = lib.filterAttrs (_: source: policy.scope == "all" || source.critical) policy.sources;

  service = {
    path = [
      pkgs.btrfs-progs
      pkgs.coreutils
      pkgs.gawk
      pkgs.util-linux
    ];
    unitConfig.RequiresMountsFor = [ policy.target ] ++ lib.mapAttrsToList (_: source: source.path) chosen;
    onFailure = policy.onFailure ++ lib.optional (cfg.notify != null) "server-notify@%n.service";
    serviceConfig.Type = "oneshot";
  };
in
{
  options.pantherOS.serverImpermanence.snapshotPolicy = {
    backend = mkOption {
      type = types.enum [
        "own"
        "btrbk"
      ];
      default = "own";
      description = ''
        What takes and deletes snapshots: the scripts of these modules, or btrbk of nixpkgs, which can send them to
        other machines too.
      '';
    };

    frequency = mkOption {
      type = calendar;
      default = "00/6:00";
      description = "When snapshots are taken. One that was due while the host was off is taken at the next boot.";
    };

    retention = mkOption {
      type =
        let
          one = "[0-9]+d|[1-9][0-9]* recent|1/week for [0-9]+ weeks?|1/month( for [0-9]+ months?)?";
        in
        types.strMatching "(${one})( \\+ (${one}))*";
      default = "5 recent + 1/week for 4 weeks + 1/month for 12 months";
      example = "30d";
      description = ''
        Which snapshots stay, of each source by itself: `N recent`, `1/week for N weeks`, `1/month for N months` and
        `Nd`, all younger than N days, joined by ` + `. What one part keeps stays. `1/month` without an end keeps one
        for every month there ever is. Weeks and months without a snapshot do not count, the newest snapshot always
        stays, and dates are those of the names, in UTC.
      '';
    };

    scope = mkOption {
      type = types.enum [
        "critical"
        "all"
      ];
      default = "critical";
      description = "Whether only critical sources have snapshots, or all.";
    };

    sources = mkOption {
      type = types.attrsOf (
        types.submodule {
          options = {
            path = mkOption {
              type = absolutePath;
              example = "/var/backup";
              description = "Where the subvolume is mounted. Subvolumes below it are empty directories in its snapshots.";
            };
            critical = mkOption {
              type = types.bool;
              default = true;
              description = "Whether it has snapshots when the scope is `critical`.";
            };
          };
        }
      );
      default.persist.path = cfg.persistence.path;
      defaultText = lib.literalExpression "{ persist.path = config.pantherOS.serverImpermanence.persistence.path; }";
      description = ''
        What snapshots are taken of, by the name that they begin with. A snapshot of `/` would hold the root that the
        boot made, and nothing that persists; the roots of earlier boots are in the archive.
      '';
    };

    target = mkOption {
      type = absolutePath;
      default = "/.snapshots";
      description = "Where snapshots go: a subvolume of the same filesystem, mounted there, which is checked.";
    };

    minimumFree = mkOption {
      type = types.ints.unsigned;
      default = 1024;
      description = "How many MiB have to be free for a snapshot to be taken.";
    };

    onFailure = mkOption {
      type = types.listOf types.str;
      default = [ ];
      example = [ "notify-admin@%n.service" ];
      description = "Units that systemd starts when snapshots could not be taken or deleted.";
    };
  };

  config = mkIf cfg.enable (
    lib.mkMerge [
      {
        assertions =
          map
            (path: {
              assertion = config.fileSystems ? ${path};
              message = ''
                pantherOS.serverImpermanence.snapshotPolicy uses ${path}, which has no entry in fileSystems: only what a
                subvolume is mounted at can have snapshots or hold them.
              '';
            })
            ([ policy.target ] ++ lib.mapAttrsToList (_: source: source.path) chosen)
          ++ lib.mapAttrsToList (source: _: {
            assertion = name.check source;
            message = "pantherOS.serverImpermanence.snapshotPolicy.sources.\"${source}\": names are letters, digits, _ and dots.";
          }) policy.sources;

        services.btrfs.autoScrub = {
          enable = lib.mkDefault true;
          interval = lib.mkDefault "monthly";
          fileSystems = lib.mkDefault [ cfg.persistence.path ];
        };
      }

      (mkIf (policy.backend == "own") {
        systemd.services.server-snapshots = lib.recursiveUpdate service {
          description = "Take snapshots of what persists";
          startAt = policy.frequency;
          script = scriptWith {
            SOURCES = lib.concatStringsSep "\n" (lib.mapAttrsToList (series: source: "${series} ${source.path}") chosen);
            TARGET = policy.target;
            MIN_FREE = toString policy.minimumFree;
          } ./scripts/snapshot.sh;
        };
        systemd.timers.server-snapshots.timerConfig.Persistent = true;

        systemd.services.server-snapshots-cleanup = lib.recursiveUpdate service {
          description = "Delete snapshots that the policy does not keep";
          startAt = "daily";
          after = [ "server-snapshots.service" ];
          script = scriptWith {
            TARGET = policy.target;
            # Those out of scope too: what was taken of them has an end.
            SERIES = lib.concatStringsSep " " (lib.attrNames policy.sources);
            RECENT = toString keep.recent;
            WEEKS = toString keep.weeks;
            MONTHS = toString keep.months;
            DAYS = toString keep.days;
          } ./scripts/expire-snapshots.sh;
          serviceConfig = {
            Nice = 19;
            IOSchedulingClass = "idle";
          };
        };
        systemd.timers.server-snapshots-cleanup.timerConfig = {
          Persistent = true;
          RandomizedDelaySec = "1h";
        };
      })
    ]
  );
}
