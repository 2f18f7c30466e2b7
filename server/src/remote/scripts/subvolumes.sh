# shellcheck shell=sh disable=SC2154
# What the filesystems hold that toplevels.sh has mounted. Runs after exact-subvolumes.sh. Changes nothing.
imp_index=0
while [ "$imp_index" -lt "$imp_filesystems" ]; do
  output "usage.$imp_index" btrfs filesystem usage -b "/tmp/$imp_index"
  output "subvolumes.$imp_index" btrfs subvolume list -pcguqR "/tmp/$imp_index"
  output "readonly.$imp_index" btrfs subvolume list -r "/tmp/$imp_index"
  output "created.$imp_index" btrfs subvolume list -s "/tmp/$imp_index"
  exact_subvolumes ".$imp_index" "/tmp/$imp_index"
  output "qgroups.$imp_index" btrfs qgroup show --raw "/tmp/$imp_index"
  imp_index=$((imp_index + 1))
done
