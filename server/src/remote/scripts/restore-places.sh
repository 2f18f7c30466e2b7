# shellcheck shell=sh disable=SC2154
# Where the paths of a restore come from and go to. Runs after toplevels.sh and words.sh. Arguments: index of the
# filesystem, id and uuid of the snapshot, then two words for each path: below the snapshot, and on the host. What is found
# is written to files, /tmp/items/N/{rel,target,state}, in the private /tmp.
imp_uuid=$3
subvolume_path "$1" "$2" || refuse gone ""
imp_snapshot=/tmp/$1/$imp_value
if [ "$(btrfs subvolume show "$imp_snapshot" 2>/dev/null | awk '$1 == "UUID:" { print $2; exit }')" != "$imp_uuid" ]; then
  refuse gone ""
fi
shift 3
mkdir /tmp/items
imp_items=0

# mount_points QUESTION PATH: below: fails when nothing is mounted below it. around: prints the mount that it is in.
mount_points() {
  imp_question=$1 imp_of=$2 awk 'BEGIN { of = ENVIRON["imp_of"]; around = "/" }
    { p = $5; gsub(/\\040/, " ", p); gsub(/\\011/, "\t", p); gsub(/\\012/, "\n", p); gsub(/\\043/, "#", p); gsub(/\\134/, "\\", p)
      if (index(p, of "/") == 1) below = 1
      if ((p == of || index(of, p "/") == 1) && length(p) > length(around)) around = p }
    END { if (ENVIRON["imp_question"] == "around") print around; else exit !below }' /proc/self/mountinfo
}
mounts_below() { mount_points below "$1"; }

# mount_of PATH: a path without links, in $imp_value.
mount_of() { value_of mount_points around "$1"; }
is_mount_point() {
  imp_asked=$1
  mount_of "$1"
  [ "$imp_value" = "$imp_asked" ]
}

# kind_of PATH: in one word. Never follows a link.
kind_of() {
  if [ -L "$1" ]; then
    echo link
  elif [ -d "$1" ]; then
    echo folder
  elif [ -f "$1" ]; then
    echo file
  else
    echo special
  fi
}

is_empty_folder() { [ ! -L "$1" ] && [ -d "$1" ] && [ -z "$(find "$1" -mindepth 1 -maxdepth 1 -print 2>/dev/null | head -c 1)" ]; }

# same SOURCE TARGET: whether they have the same content, as far as that can be told in a while.
same() {
  if [ "$(kind_of "$1")" != "$(kind_of "$2")" ]; then return 1; fi
  case $(kind_of "$1") in
    link) [ "$(readlink "$1"; printf x)" = "$(readlink "$2"; printf x)" ] ;;
    file) cmp -s -- "$1" "$2" ;;
    folder) timeout 20 diff -rq --no-dereference -- "$1" "$2" >/dev/null 2>&1 9>&- ;;
    *) false ;;
  esac
}

# examine REL TARGET: adds an item, or several where the target is, or holds, a place where something is mounted.
examine() {
  imp_rel=$1
  imp_named=$2
  imp_state=
  imp_note=
  imp_source=$imp_snapshot/$imp_rel
  canonical "${imp_source%/*}"
  if [ "$imp_value" != "${imp_source%/*}" ]; then
    imp_state=source-linked imp_note=$imp_value
  elif ! there "$imp_source"; then
    imp_state=not-in-snapshot
  fi
  above "$imp_named"
  imp_parent=$imp_value
  canonical "$imp_parent"
  imp_real=${imp_value%/}/${imp_named##*/}
  if [ -n "$imp_state" ]; then
    :
  else
    case $imp_value/ in
      /tmp/* | /proc/* | /sys/* | /dev/*) imp_state=out-of-reach ;;
    esac
  fi
  if [ -n "$imp_state" ]; then
    :
  elif ! there "$imp_real"; then
    imp_state=free
  elif [ -d "$imp_source" ] && [ ! -L "$imp_source" ] && [ -d "$imp_real" ] && [ ! -L "$imp_real" ] &&
    { is_mount_point "$imp_real" || mounts_below "$imp_real"; }; then
    record around "$imp_real"
    imp_inside "$imp_rel" "$imp_named"
    return
  elif is_mount_point "$imp_real"; then
    imp_state=mounted
  elif [ -d "$imp_source" ] && [ ! -L "$imp_source" ] && is_empty_folder "$imp_real"; then
    imp_state=free
  elif same "$imp_source" "$imp_real"; then
    imp_state=same
  elif [ -n "$(find "$imp_real" -prune -newer "$imp_source" -print 2>/dev/null)" ]; then
    # Not by whole seconds, as `stat -c %Y` would: a change in the second of the snapshot is newer, too.
    imp_state=newer
  else
    imp_state=differs
  fi
  imp_items=$((imp_items + 1))
  mkdir "/tmp/items/$imp_items"
  keep "/tmp/items/$imp_items/rel" "$imp_rel"
  keep "/tmp/items/$imp_items/target" "$imp_real"
  keep "/tmp/items/$imp_items/state" "$imp_state"
  imp_kind=
  imp_bytes=
  if there "$imp_source"; then
    imp_kind=$(kind_of "$imp_source")
    # That of busybox leaves a process behind for a moment, which must not hold the lock.
    imp_bytes=$(timeout 20 du -s --apparent-size -B1 -- "$imp_source" 2>/dev/null 9>&- | awk 'NR == 1 { print $1 }')
  fi
  record item "$imp_items" "$imp_state" "$imp_kind" "$imp_bytes" "$imp_rel"
  record target "$imp_items" "$imp_real"
  if [ "$imp_real" != "$imp_named" ]; then record through-link "$imp_items" "$imp_named"; fi
  if [ -n "$imp_note" ]; then record note "$imp_items" "$imp_note"; fi
  if [ -L "$imp_real" ]; then
    value_of readlink -- "$imp_real"
    record link "$imp_items" "$imp_value"
  fi
}

# imp_inside REL TARGET: everything in a folder, one by one.
imp_inside() {
  for imp_child in "$imp_snapshot/$1"/* "$imp_snapshot/$1"/.[!.]* "$imp_snapshot/$1"/..?*; do
    if there "$imp_child"; then
      examine "$1/${imp_child##*/}" "$2/${imp_child##*/}"
    fi
    # The recursion has changed them.
  done
}

while [ "$#" -ge 2 ]; do
  examine "$1" "$2"
  shift 2
done
