# shellcheck shell=sh disable=SC2034,SC2154
# Arguments before those of restore-places.sh: the name of this run, and whether what exists may be replaced.
imp_request=$1
imp_overwrite=$2
shift 2
lock restore
