# shellcheck shell=sh disable=SC2154
# compare_folder BASE FOLDER...: lists a folder without what is mounted below it: BASE for comparison, or nothing, and the
# first FOLDER that is there. Without root what this account may see.
compare_folder() {
  can_walk
  imp_base=$1
  shift
  while [ "$#" -gt 1 ] && ! [ -d "$1" ]; do shift; done
  [ -d "$1" ] || refuse no-folder "$1"
  [ -z "$imp_base" ] || [ -d "$imp_base" ] || refuse no-folder "$imp_base"
  if [ "$imp_space" = private ]; then
    # Not recursive: it shows what lies below mount points, too.
    imp_said=$(mount -n --bind -- "$1" /tmp/now 2>&1) || refuse no-mount "$imp_said"
    [ -z "$imp_base" ] || walk base "$imp_base/" -xdev
    walk now /tmp/now -xdev
  else
    [ -z "$imp_base" ] || walk base "$imp_base/" -xdev
    walk now "${1%/}/" -xdev
  fi
}
