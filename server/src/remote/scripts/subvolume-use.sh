# shellcheck shell=sh disable=SC2154
# Which subvolumes are in use. Runs after toplevels.sh and mounted-anywhere.sh. Changes nothing.
imp_index=0
while [ "$imp_index" -lt "$imp_filesystems" ]; do
  output "default.$imp_index" btrfs subvolume get-default "/tmp/$imp_index"
  imp_index=$((imp_index + 1))
done
# Also mounts that only some processes see.
output mounted mounted_anywhere
