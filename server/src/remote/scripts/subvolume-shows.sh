# shellcheck shell=sh disable=SC2154
# What btrfs says of every subvolume by its id: a name cannot make up another one there, as it can in a list of lines.
# Runs after toplevels.sh. Changes nothing.
imp_index=0
while [ "$imp_index" -lt "$imp_filesystems" ]; do
  for imp_id in $(btrfs subvolume list "/tmp/$imp_index" | sed -n 's/^ID \([0-9]\{1,19\}\) gen .*/\1/p' | sort -un); do
    output "show.$imp_index.$imp_id" btrfs subvolume show -r "$imp_id" "/tmp/$imp_index"
  done
  output "default.$imp_index" btrfs subvolume get-default "/tmp/$imp_index"
  imp_index=$((imp_index + 1))
done
# Also mounts that only some processes see.
output mounted mounted_anywhere
