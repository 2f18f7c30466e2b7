# Snapshots by btrbk of nixpkgs in place of our own scripts. The retention means the same, as far as btrbk has words for
# it: "N recent" becomes N days, which is never less, as snapshots are taken daily or more often.
{ config, lib, ... }:

let
  cfg = config.pantherOS.serverImpermanence;
  policy = cfg.snapshotPolicy;
  keep = import ./retention.nix lib policy.retention;

  chosen = lib.filterAttrs (_: source: policy.scope == "all" || source.critical) policy.sources;
  days = if keep.days > keep.recent then keep.days else keep.recent;
  preserve =
    lib.optional (keep.weeks > 0) "${toString keep.weeks}w"
    ++ lib.optional (keep.months != 0) (if keep.months < 0 then "*m" else "${toString keep.months}m");
in
{
  config = lib.mkIf (cfg.enable && policy.backend == "btrbk") {
    services.btrbk.instances.server = {
      onCalendar = policy.frequency;
      settings = {
        # With the time zone, so that an hour that comes twice a year gives two names.
        timestamp_format = "long-iso";
        snapshot_preserve_min = "${toString days}d";
        snapshot_preserve = if preserve == [ ] then "no" else lib.concatStringsSep " " preserve;
        volume."/" = {
          snapshot_dir = lib.removePrefix "/" policy.target;
          subvolume = lib.mapAttrs' (
            name: source: lib.nameValuePair (lib.removePrefix "/" source.path) { snapshot_name = name; }
          ) chosen;
        };
      };
    };

    # Keys with which it reaches other machines.
    pantherOS.serverImpermanence.persistence.needed = [
      {
        directory = "/var/lib/btrbk";
        user = "btrbk";
        group = "btrbk";
        mode = "0750";
      }
    ];

    systemd.services.btrbk-server = {
      unitConfig.RequiresMountsFor = [ policy.target ] ++ lib.mapAttrsToList (_: source: source.path) chosen;
      onFailure = policy.onFailure ++ lib.optional (cfg.notify != null) "server-notify@%n.service";
    };
  };
}
