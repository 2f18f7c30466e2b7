{ pkgs, ... }:

{
  systemd.services.root-archives = {
    description = "Thin out the roots of earlier boots";
    path = [
      pkgs.bcachefs-tools
      pkgs.coreutils
      pkgs.gnugrep
    ];
    unitConfig.RequiresMountsFor = [ "/.snapshots" ];
    serviceConfig.Type = "oneshot";

    # Kept: the five newest, the newest of each of the last four weeks, the newest of each of the last six months.
    # Age is read from the name that reset-root.nix gives; times of files say nothing about it.
    script = ''
      cd /.snapshots

      newest_first() {
        ls -1 | grep -E '^root-[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}$' | sort -r
      }

      # $1: how many periods, $2: the format of date that tells two periods apart
      newest_of_each() {
        count=0
        last=
        for archive in $(newest_first); do
          period=$(date -d "''${archive#root-}" "+$2")
          [ "$period" = "$last" ] && continue
          last=$period
          count=$((count + 1))
          [ "$count" -gt "$1" ] && break
          echo "$archive"
        done
      }

      keep=$(
        newest_first | head -n 5
        newest_of_each 4 %G-%V
        newest_of_each 6 %Y-%m
      )

      for archive in $(newest_first); do
        if ! echo "$keep" | grep -qxF "$archive"; then
          bcachefs subvolume delete "$archive"
        fi
      done
    '';
  };

  systemd.timers.root-archives = {
    description = "Thin out the roots of earlier boots";
    wantedBy = [ "timers.target" ];
    timerConfig = {
      OnCalendar = "daily";
      Persistent = true;
    };
  };
}
