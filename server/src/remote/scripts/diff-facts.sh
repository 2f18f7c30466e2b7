# shellcheck shell=sh disable=SC2154
# What a comparison needs to know beside mounts and subvolumes. Runs after btrfs-facts.sh. Changes nothing.
output rootid btrfs inspect-internal rootid /
output passwd cat /etc/passwd
output group cat /etc/group
