# shellcheck shell=sh disable=SC2154
# Asks what to compare, after the facts that the client decides by, and does so.
record ask
answered
eval "set -- $imp_answer"
imp_what=${1-nothing}
[ "$#" -eq 0 ] || shift
case $imp_what in
  subvolumes) compare_subvolumes "$@" ;;
  folder) listen && compare_folder "$@" ;;
esac
