# shellcheck shell=sh disable=SC2154
# Lists a folder without what is mounted below it: FOLDER, and BASE for comparison, or nothing. Without root what this
# account may see.
can_walk
if [ "$imp_space" = private ]; then
  private_folder
  # Not recursive: it shows what lies below mount points, too.
  imp_said=$(mount -n --bind -- "$1" /tmp/now 2>&1) || refuse no-mount "$imp_said"
  [ -z "$2" ] || walk base "$2/" -xdev
  walk now /tmp/now -xdev
else
  [ -z "$2" ] || walk base "$2/" -xdev
  walk now "${1%/}/" -xdev
fi
