# shellcheck shell=sh disable=SC2154,SC2013
# Mounts the toplevel of every btrfs filesystem that the host has mounted: the filesystem of index N at /tmp/N, in the
# mount namespace that ends with this process. Nothing of it is seen outside, and nothing is written. The mounts are
# read-only unless for-writing.sh ran before.
output mounts cat /proc/self/mountinfo
record clock "$(date +%s)"
imp_filesystems=0
if ! has btrfs; then
  record btrfs no
elif [ "$imp_space" = private ] && imp_said=$(mount -n -t tmpfs -o mode=700 none /tmp 2>&1); then
  record btrfs yes
  imp_uuids=' '
  set -f
  # Words, not lines: a device whose name holds a blank is written with a backslash there, and found nowhere: left out, and said.
  for imp_device in $(awk '{ for (i = 7; i < NF; i++) if ($i == "-" && $(i + 1) == "btrfs" && !seen[$(i + 2)]++) print $(i + 2) "," $(i + 3) }' /proc/self/mountinfo); do
    # Mounting for writing would make the whole filesystem writable that somebody, or an error, has made read-only.
    case ${imp_writes:-no}${imp_device#*,}, in
      yesrw,*) imp_access=noatime ;;
      *) imp_access=ro ;;
    esac
    imp_device=${imp_device%%,*}
    imp_folder=/tmp/$imp_filesystems
    mkdir "$imp_folder"
    if ! imp_said=$(mount -n -t btrfs -o "subvolid=5,$imp_access" -- "$imp_device" "$imp_folder" 2>&1); then
      record no-toplevel "the toplevel of $imp_device cannot be mounted ($(printf %s "$imp_said" | head -n 1))"
      rmdir "$imp_folder"
      continue
    fi
    imp_uuid=$(btrfs filesystem show "$imp_folder" 2>/dev/null | sed -n 's/^Label: .* uuid: \([0-9a-f-]*\)$/\1/p' | head -n 1)
    if [ -z "$imp_uuid" ]; then imp_uuid=unknown-$imp_filesystems; fi
    # One filesystem of several devices may be mounted by more than one of them.
    case $imp_uuids in
      *" $imp_uuid="*)
        umount "$imp_folder"
        rmdir "$imp_folder"
        imp_known=${imp_uuids#*" $imp_uuid="}
        record device "${imp_known%% *}" "$imp_device"
        continue
        ;;
    esac
    imp_uuids="$imp_uuids$imp_uuid=$imp_filesystems "
    record filesystem "$imp_filesystems" "$imp_uuid"
    record superblock "$imp_filesystems" "$(awk -v at="$imp_folder" '$5 == at { found = $3 } END { print found }' /proc/self/mountinfo)"
    record device "$imp_filesystems" "$imp_device"
    imp_filesystems=$((imp_filesystems + 1))
  done
  set +f
else
  record btrfs yes
  [ "$imp_space" != private ] || record no-toplevel "nothing can be mounted over /tmp ($(printf %s "$imp_said" | head -n 1))"
fi
