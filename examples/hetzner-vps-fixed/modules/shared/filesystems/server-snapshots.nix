{ config, lib, ... }:

let
  inherit (lib) mkIf mkOption types;

  cfg = config.pantherOS.serverImpermanence;
  policy = cfg.snapshotPolicy;
in
{
  options.pantherOS.serverImpermanence.snapshotPolicy = mkOption {
    default = { };
    description = "How often snapshots are taken, how long they stay, and of what.";
    type = types.submodule {
      options = {
        frequency = mkOption {
          type = types.str;
          default = "00/6:00";
          description = "When to take snapshots, as a calendar expression of systemd.";
        };
        keepAll = mkOption {
          type = types.str;
          default = "2d";
          description = "For how long every snapshot is kept.";
        };
        keep = mkOption {
          type = types.str;
          default = "14d 4w 3m";
          description = "How many days, weeks and months one snapshot each is kept for afterwards.";
        };
        scope = mkOption {
          type = types.enum [
            "critical"
            "all"
          ];
          default = "critical";
          description = "Persisted state and homes, or logs and dumps as well.";
        };
      };
    };
  };

  config = mkIf cfg.enable {
    services.btrbk.instances.local = {
      onCalendar = policy.frequency;
      settings = {
        timestamp_format = "long";
        snapshot_preserve_min = policy.keepAll;
        snapshot_preserve = policy.keep;
        volume."/.btrfs" = {
          # A subvolume of the top level, beside the root that is emptied and not inside it.
          snapshot_dir = "snapshots";
          subvolume = {
            persist = { };
            home = { };
          }
          // lib.optionalAttrs (policy.scope == "all") {
            log = { };
            backup = { };
          };
        };
      };
    };
  };
}
