# shellcheck shell=sh disable=SC2034,SC2154
# Owner, size and times of what is named: DEVICE ID PATH..., paths from the subvolume with ./ in front.
private_folder
can_walk
by_id "$1" "$2" /tmp/now
shift 2
cd /tmp/now || refuse changed ""
imp_form=%p
walk details "$@" -maxdepth 0
