# shellcheck shell=sh disable=SC2154
# What a comparison needs to know of a host. Changes nothing: the toplevel of the root's filesystem is mounted over /tmp in a
# mount namespace that ends with this process.
output mounts cat /proc/self/mountinfo
record clock "$(date +%s)"
output passwd cat /etc/passwd
output group cat /etc/group
if has btrfs; then
  record btrfs yes
  output rootid btrfs inspect-internal rootid /
  imp_device=$(awk '$5 == "/" { for (i = 7; i < NF; i++) if ($i == "-") { type = $(i + 1); device = $(i + 2) } }
    END { if (type == "btrfs") print device }' /proc/self/mountinfo)
  if [ -n "$imp_device" ] && [ "$imp_space" = private ]; then
    if mount -n -t btrfs -o subvolid=5,ro -- "$imp_device" /tmp 2>/dev/null; then
      output subvolumes btrfs subvolume list -pcguqR /tmp
      output readonly btrfs subvolume list -r /tmp
    else
      record no-toplevel "the toplevel of $imp_device cannot be mounted"
    fi
  fi
else
  record btrfs no
fi
