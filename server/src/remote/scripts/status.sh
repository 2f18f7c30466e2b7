# shellcheck shell=sh disable=SC2016,SC2154
# What this host runs on. Runs after btrfs-facts.sh.
output uptime awk '$1 == "btime" { print $2 }' /proc/stat
output system cat /etc/os-release
output host cat /proc/sys/kernel/hostname
if has btrfs && [ "$imp_uid" = 0 ]; then
  output root btrfs subvolume show /
  output usage btrfs filesystem usage -b /
  output devices btrfs filesystem show -m
  output scrub btrfs scrub status -R /
fi
if has systemctl && [ -d /run/systemd/system ]; then
  output timers systemctl show --timestamp=unix -p Id -p LastTriggerUSec '*.timer'
fi
