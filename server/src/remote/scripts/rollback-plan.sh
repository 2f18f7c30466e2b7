# shellcheck shell=sh disable=SC2154,SC2016
# What stands in the way of a rollback. Runs after rollback-use.sh and exchange.sh. Arguments: index of the filesystem, id of
# the subvolume, then units. Changes nothing.
imp_index=$1
if subvolume_path "$1" "$2"; then holders "/tmp/$1/$imp_value"; fi
shift 2
exchanger
record exchanger "$imp_exchanger"
output fstab cat /etc/fstab
output default btrfs subvolume get-default "/tmp/$imp_index"
output root btrfs subvolume show /
output booted awk '$1 == "btime" { print $2 }' /proc/stat
for imp_unit; do
  record unit "$(systemctl is-active -- "$imp_unit" 2>/dev/null)" "$(systemctl show -p LoadState --value -- "$imp_unit" 2>/dev/null)" "$imp_unit"
done
