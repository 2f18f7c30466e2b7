{ config, lib, ... }:

let
  cfg = config.pantherOS.serverImpermanence;
  policy = cfg.snapshotPolicy;
in
{
  config = lib.mkIf cfg.enable {
    systemd.services.server-snapshots = {
      enable = true;
      description = "Take snapshots of the server";
      serviceConfig.Type = "oneshot";
      script = ''
        #!/bin/sh
        set -e
        now=$(date +%Y%m%d-%H%M%S)
        target=/.snapshots
        mkdir -p $target

        # To go back to a working root.
        btrfs subvolume snapshot -r / $target/root-$now

        if [ ${policy.scope} = critical ] || [ ${policy.scope} = all ]; then
          btrfs subvolume snapshot -r /persist $target/persist-$now
          btrfs subvolume snapshot -r /var/lib/services $target/services-$now
          btrfs subvolume snapshot -r /var/lib/caddy $target/caddy-$now
        fi
      '';
    };

    systemd.timers.server-snapshots = {
      enable = true;
      wantedBy = [ "timers.target" ];
      timerConfig = {
        OnCalendar = policy.frequency;
        Persistent = true;
      };
    };

    systemd.services.server-snapshots-cleanup = {
      enable = true;
      description = "Drop snapshots that are past their time";
      after = [ "server-snapshots.service" ];
      serviceConfig.Type = "oneshot";
      script =
        let
          retentionDays = policy.retention;
        in
        ''
          #!/bin/sh
          set -e

          find /.snapshots -type d -name 'root-*' -mtime +${retentionDays} -exec btrfs subvolume delete '{}' ';' 2>/dev/null || true

          if [ ${policy.scope} = critical ] || [ ${policy.scope} = all ]; then
            for kind in persist services caddy; do
              find /.snapshots -type d -name "$kind-*" -mtime +${retentionDays} -exec btrfs subvolume delete '{}' ';' 2>/dev/null || true
            done
          fi

          # Roots of earlier boots
          find /btrfs_tmp/old_roots -type d -name 'root-*' -mtime +30 -exec btrfs subvolume delete '{}' ';' 2>/dev/null || true
        '';
    };

    systemd.timers.server-snapshots-cleanup = {
      enable = true;
      wantedBy = [ "timers.target" ];
      timerConfig = {
        OnCalendar = "daily";
        Persistent = true;
      };
    };

    systemd.services.btrfs-maintenance = {
      enable = true;
      description = "Balance and scrub";
      serviceConfig.Type = "oneshot";
      script = ''
        #!/bin/sh
        set -e

        # Once a month
        if [ "$(date +%d)" = 01 ]; then
          btrfs balance start /
        fi

        # Once a week, on Sunday
        if [ "$(date +%u)" = 0 ]; then
          btrfs scrub start /
        fi
      '';
    };

    systemd.timers.btrfs-maintenance = {
      enable = true;
      wantedBy = [ "timers.target" ];
      timerConfig = {
        OnCalendar = "weekly";
        Persistent = true;
      };
    };
  };
}
