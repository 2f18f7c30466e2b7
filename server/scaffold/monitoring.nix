# Metrics for Prometheus, alert rules about them, and a word to somebody when a service here fails.
{
  config,
  lib,
  pkgs,
  ...
}:

let
  inherit (lib) mkIf mkOption types;

  cfg = config.pantherOS.serverImpermanence;
  monitoring = cfg.monitoring;
  scriptWith = import ./script-with.nix lib;
  threshold =
    default: description:
    mkOption {
      type = types.ints.positive;
      inherit default description;
    };
in
{
  options.pantherOS.serverImpermanence.monitoring = {
    enable = lib.mkEnableOption "metrics for the textfile collector of Prometheus' node exporter";

    directory = mkOption {
      type = types.strMatching "/[^ ]+";
      default = "/run/server-impermanence/metrics";
      description = "Where the metrics are written, and the node exporter of this host reads them.";
    };

    interval = mkOption {
      type = types.str;
      default = "*:0/5";
      description = "When metrics are written: a calendar expression of systemd.";
    };

    thresholds = {
      staleHours = threshold 13 "After how many hours without a new snapshot there is an alert: two runs and an hour.";
      slowSnapshotSeconds = threshold 30 "How long taking snapshots may last.";
      slowWipeSeconds = threshold 120 "How long the wipe at boot may last.";
      freePercent = threshold 10 "How much of the disk has to be free.";
      overheadPercent = threshold 15 "How much of the disk snapshots alone may hold on to.";
      unpersistedMiB = threshold 1024 "How much may lie on the root, which goes at the next boot.";
      scrubDays = threshold 45 "How old the last scrub may be.";
    };

    rules = mkOption {
      type = types.attrs;
      readOnly = true;
      default = import ./alerts.nix monitoring.thresholds;
      defaultText = lib.literalMD "alerts.nix with these thresholds";
      description = ''
        The alert rules. A Prometheus on this host has them; for another one, write
        `builtins.toJSON config.pantherOS.serverImpermanence.monitoring.rules` to a file of its `ruleFiles`.
      '';
    };
  };

  options.pantherOS.serverImpermanence.notify = mkOption {
    type = types.nullOr types.lines;
    default = null;
    example = ''
      journalctl -u "$UNIT" -n 20 --no-pager | mail -s "$UNIT failed on $HOSTNAME" root
    '';
    description = ''
      What runs when a service of these modules fails: a script that finds the name of the unit in `UNIT`. Services of
      other modules may have it too: `onFailure = [ "server-notify@%n.service" ]`.
    '';
  };

  config = mkIf cfg.enable (
    lib.mkMerge [
      (mkIf monitoring.enable {
        systemd.services.server-metrics = {
          description = "Write metrics of the root, its snapshots and their filesystem";
          path = [
            pkgs.btrfs-progs
            pkgs.coreutils
          ];
          # What a run of snapshots changes is seen at once.
          after = [ "server-snapshots.service" ];
          wantedBy = [ "server-snapshots.service" ];
          startAt = monitoring.interval;
          unitConfig.RequiresMountsFor = [ cfg.snapshotPolicy.target ];
          script = scriptWith {
            DIRECTORY = monitoring.directory;
            TARGET = cfg.snapshotPolicy.target;
            SOURCES = lib.concatStringsSep "\n" (
              lib.mapAttrsToList (series: source: "${series} ${source.path}") cfg.snapshotPolicy.sources
            );
            ROOT = "/";
            ARCHIVE = cfg.archive.path;
          } ./scripts/metrics.sh;
          serviceConfig = {
            Type = "oneshot";
            Nice = 19;
            IOSchedulingClass = "idle";
          };
        };

        services.prometheus.exporters.node = {
          enable = lib.mkDefault true;
          enabledCollectors = [ "textfile" ];
          extraFlags = [ "--collector.textfile.directory=${monitoring.directory}" ];
        };
        services.prometheus.rules = [ (builtins.toJSON monitoring.rules) ];
      })

      (mkIf (cfg.notify != null) {
        systemd.services."server-notify@" = {
          description = "Say that %i failed";
          scriptArgs = "%i";
          script = "UNIT=$1\n" + cfg.notify;
          serviceConfig.Type = "oneshot";
        };
      })
    ]
  );
}
