#!/bin/sh
# Gives the host a fresh root before it is mounted, and puts the old one into the archive. Nothing is deleted here: a
# service of the running system empties the archive.
#
# It runs in the initrd, where there are sh, coreutils, mount, umount and btrfs, and nothing else. It takes
#   DEVICE    the device of the filesystem
#   ROOT      the subvolume of the root, from the top level
#   ARCHIVE   the directory for old roots, from the top level
#   BASELINE  the subvolume that a fresh root is a snapshot of; empty for an empty root
# and leaves what it did in STATE, and which root it made and how long that took in STATE.root. Whatever happens, and wherever it is interrupted, there is a root afterwards or at
# the next run: the fresh root is complete under the name ROOT.next before the old one is moved.
# Every command that matters is looked at here; NixOS starts scripts with -e, which would end this one half-way.
set +e -u

: "${DEVICE:?}" "${ROOT:?}" "${ARCHIVE:?}"
BASELINE=${BASELINE:-}
TOP=${TOP:-/run/server-impermanence/top}
STATE=${STATE:-/run/server-impermanence/boot}
CMDLINE=${CMDLINE:-/proc/cmdline}
MOUNTS=${MOUNTS:-/proc/self/mountinfo}

say() {
  echo "server-impermanence: $*"
}

# finish RESULT TEXT…: the results are wiped, skipped and failed.
finish() {
  result=$1
  shift
  say "$*"
  if [ "$result" = wiped ]; then
    printf 'uuid=%s\nseconds=%s\n' "$(uuid_of "$TOP/$ROOT")" "$(($(uptime) - began))" > "$STATE.root"
  fi
  sync -f "$TOP" 2> /dev/null
  # A mount left behind would decide the options of every later mount of this filesystem.
  umount "$TOP" || say "$TOP could not be unmounted: the filesystem keeps the options of this mount."
  printf 'result=%s\n' "$result" > "$STATE"
  [ "$result" != failed ]
  exit
}

is_subvolume() {
  [ -d "$1" ] && btrfs subvolume show "$1" > /dev/null 2>&1
}

# Seconds that no clock can change.
uptime() {
  read -r seconds _ < /proc/uptime || seconds=0
  echo "${seconds%%.*}"
}

uuid_of() {
  btrfs subvolume show "$1" | while read -r name value; do
    [ "$name" = UUID: ] && echo "$value"
  done
}

# The number of the device that is mounted on a directory, as mountinfo has it.
number_of() {
  found=
  while read -r _ _ number _ point _; do
    [ "$point" = "$1" ] && found=$number
  done < "$MOUNTS"
  echo "$found"
}

# Whether the root is mounted already: its old name would go on as the root of the running system.
root_in_use() {
  own=$(number_of "$TOP")
  while read -r _ _ number inside _; do
    [ "$number" = "$own" ] && [ "$inside" = "/$ROOT" ] && return 0
  done < "$MOUNTS"
  return 1
}

make_next() {
  if is_subvolume "$TOP/$ROOT.next"; then
    say "$ROOT.next is left from a boot that was interrupted, and is used now."
  elif [ -n "$BASELINE" ]; then
    is_subvolume "$TOP/$BASELINE" || {
      say "The baseline $BASELINE is not there."
      return 1
    }
    btrfs subvolume snapshot "$TOP/$BASELINE" "$TOP/$ROOT.next" > /dev/null
  else
    btrfs subvolume create "$TOP/$ROOT.next" > /dev/null
  fi && is_subvolume "$TOP/$ROOT.next"
}

# A name in the archive that is not taken, even where the clock stands still or is set back.
free_name() {
  stamp=$(date -u +%Y%m%d-%H%M%S) && [ -n "$stamp" ] || stamp=19700101-000000
  name=$ARCHIVE/${ROOT##*/}-$stamp
  count=0
  suffix=
  while [ -e "$TOP/$name$suffix" ]; do
    count=$((count + 1))
    suffix=_$count
  done
  echo "$name$suffix"
}

# Between the two renames a stop would leave the work to the next boot.
trap '' HUP INT TERM

began=$(uptime)
mkdir -p "$TOP" "${STATE%/*}"
mount -t btrfs -o subvolid=5,noatime "$DEVICE" "$TOP" || {
  say "$DEVICE could not be mounted: the root stays as it is."
  printf 'result=failed\n' > "$STATE"
  exit 1
}

if ! [ -e "$TOP/$ROOT" ]; then
  say "There is no $ROOT: an earlier boot was interrupted, or this is the first one."
  # A host without a root does not boot: better an empty one than none for want of a baseline.
  make_next || btrfs subvolume create "$TOP/$ROOT.next" > /dev/null || finish failed "No root could be made."
  mv -T "$TOP/$ROOT.next" "$TOP/$ROOT" || finish failed "No root could be made."
  finish wiped "The root is fresh."
fi

read -r line < "$CMDLINE" || line=
for word in $line; do
  [ "$word" = server-impermanence.keep ] && finish skipped "The kernel was asked to keep the root of the last boot."
done

is_subvolume "$TOP/$ROOT" || finish failed "$ROOT is not a subvolume: the root stays as it is."
root_in_use && finish failed "$ROOT is mounted already: the root stays as it is."
make_next || finish failed "No fresh root could be made: the root of the last boot stays."
mkdir -p "$TOP/$ARCHIVE" || finish failed "There is no $ARCHIVE: the root of the last boot stays."
old=$(free_name)
mv -T "$TOP/$ROOT" "$TOP/$old" || finish failed "$ROOT could not be moved to $old: the root of the last boot stays."
mv -T "$TOP/$ROOT.next" "$TOP/$ROOT" || {
  mv -T "$TOP/$old" "$TOP/$ROOT"
  finish failed "The fresh root could not be put in place: the root of the last boot stays."
}
finish wiped "The root is fresh. The root of the last boot is $old."
