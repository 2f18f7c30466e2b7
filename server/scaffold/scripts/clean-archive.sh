#!/bin/sh
# Deletes old roots from the archive, with the subvolumes below them. It takes
#   DEVICE   the device of the filesystem
#   ARCHIVE  the directory of old roots, from the top level
#   DAYS     how long an old root stays
#   KEEP     how many stay however old they are
# It runs in the running system, whose clock is right sooner than the initrd's. An old root is as old as its name and
# its creation time say, whichever is later. Stays: what is not named as wipe-root.sh names it (rename an old root to
# keep it), what is dated in the future, what is mounted, and the newest ones by generation, which no clock can change.
# Failures are looked at one by one; NixOS starts scripts with -e.
set +e -u

: "${DEVICE:?}" "${ARCHIVE:?}" "${DAYS:?}" "${KEEP:?}"
TOP=${TOP:-/run/server-impermanence/archive}
NOW=${NOW:-$(date +%s)}
LOCK=${LOCK:-/run/server-impermanence/archive.lock}
MOUNTS=${MOUNTS:-/proc/self/mountinfo}

say() {
  echo "server-impermanence: $*"
}

stop() {
  say "$* Nothing is deleted."
  exit 1
}

# The seconds of the date at the end of a name, or a failure where there is none.
named_time() {
  rest=${1%_[0-9]*}
  clock=${rest##*-}
  rest=${rest%-*}
  day=${rest##*-}
  case $day-$clock in
    [0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]-[0-9][0-9][0-9][0-9][0-9][0-9]) ;;
    *) return 1 ;;
  esac
  minutes=${clock#??}
  date -u -d "$day ${clock%????}:${minutes%??}:${clock#????}" +%s 2> /dev/null
}

creation_time() {
  btrfs subvolume show "$1" | while read -r first second rest; do
    [ "$first $second" = "Creation time:" ] && date -d "$rest" +%s
  done
}

is_mounted() {
  while read -r _ _ _ inside _; do
    [ "$inside" = "/$1" ] && return 0
  done < "$MOUNTS"
  return 1
}

# delete_tree ID: what lies below goes first, found by its parent's number and never by a path.
delete_tree() (
  echo "$subvolumes" | {
    while read -r _ id _ _ _ _ _ _ parent _; do
      [ "$parent" != "$1" ] || delete_tree "$id" || exit 1
    done
  } && btrfs subvolume delete -c -i "$1" "$TOP" > /dev/null
)

mkdir -p "$TOP" "${LOCK%/*}" || stop "$TOP cannot be made."
exec 9> "$LOCK"
flock -n 9 || stop "Another clean-up is at work."
mount -t btrfs -o subvolid=5,noatime "$DEVICE" "$TOP" || stop "$DEVICE could not be mounted."
trap 'umount "$TOP"' EXIT

# ID 257 gen 12 cgen 9 top level 5 path old_roots/root-20260101-000000: the newest first. Several may be made in one
# generation; the numbers of later ones are higher.
subvolumes=$(btrfs subvolume list -c "$TOP") || stop "The subvolumes could not be listed."
subvolumes=$(echo "$subvolumes" | sort -k 6,6nr -k 2,2nr)
failures=0
kept=0
# The list is given as a document, as a pipe would lose the counts.
while read -r _ id _ _ _ _ _ _ _ _ path; do
  name=${path#"$ARCHIVE"/}
  case $path in "$ARCHIVE"/*) ;; *) continue ;; esac
  case $name in */*) continue ;; esac
  named=$(named_time "$name") || {
    say "$path stays: its name has no date."
    continue
  }
  created=$(creation_time "$TOP/$path")
  [ -n "$created" ] || continue
  [ "$created" -gt "$named" ] && named=$created
  if [ "$named" -gt "$((NOW + 3600))" ]; then
    say "$path stays: its date is in the future."
  elif [ "$kept" -lt "$KEEP" ] || [ "$((NOW - named))" -lt "$((DAYS * 86400))" ]; then
    kept=$((kept + 1))
  elif is_mounted "$path"; then
    say "$path stays: it is mounted."
  elif delete_tree "$id"; then
    say "$path is deleted."
  else
    say "$path could not be deleted."
    failures=1
  fi
done << END
$subvolumes
END
exit "$failures"
