# shellcheck shell=sh disable=SC2154
# Shared by status and list: mounts and subvolumes. Runs after exact-subvolumes.sh. Changes nothing on the host: the toplevel of
# the filesystem is mounted over /tmp in a mount namespace that ends with this process.
output mounts cat /proc/self/mountinfo
record clock "$(date +%s)"
if has btrfs; then
  record btrfs yes
  imp_device=$(awk '$5 == "/" { for (i = 7; i < NF; i++) if ($i == "-") { type = $(i + 1); device = $(i + 2) } }
    END { if (type == "btrfs") print device }' /proc/self/mountinfo)
  if [ -n "$imp_device" ] && [ "$imp_uid" = 0 ]; then
    imp_said=
    if [ "$imp_space" = private ] && imp_said=$(mount -n -t btrfs -o subvolid=5,ro -- "$imp_device" /tmp 2>&1); then
      output subvolumes btrfs subvolume list -pcguqR /tmp
      output readonly btrfs subvolume list -r /tmp
      output created btrfs subvolume list -s /tmp
      exact_subvolumes "" /tmp
      output qgroups btrfs qgroup show --raw /tmp
      umount /tmp 2>/dev/null
    else
      record no-toplevel "the toplevel of $imp_device cannot be mounted ($(printf %s "$imp_said" | head -n 1))"
    fi
  fi
else
  record btrfs no
fi
