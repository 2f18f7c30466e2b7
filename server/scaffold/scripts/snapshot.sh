#!/bin/sh
# Takes a read-only snapshot of every source. It takes
#   SOURCES   one "name path" a line: the series that a snapshot belongs to, and the mount point of the subvolume
#   TARGET    the directory for snapshots, on the same filesystem
#   MIN_FREE  how many MiB have to be free: a snapshot holds on to what would be freed otherwise
# and names each series-YYYYmmdd-HHMMSS in UTC. Every snapshot is looked at after it is made, and has a line in the
# journal that says what was done and what came of it; STATE says it of the last run. One source that fails does not keep the others from theirs.
set +e -u

: "${SOURCES:?}" "${TARGET:?}" "${MIN_FREE:?}"
LOCK=${LOCK:-/run/server-impermanence/snapshots.lock}
STATE=${STATE:-/run/server-impermanence/snapshots}
stamp=$(date -u -d "@${NOW:-$(date +%s)}" +%Y%m%d-%H%M%S)

audit() {
  echo "server-snapshots: verb=snapshot $*"
}

# Seconds that no clock can change.
uptime() {
  read -r seconds _ < /proc/uptime || seconds=0
  echo "${seconds%%.*}"
}
began=$(uptime)

# finish CODE
finish() {
  seconds=$(($(uptime) - began))
  printf 'success=%s\nseconds=%s\nended=%s\n' "$((1 - $1))" "$seconds" "$(date +%s)" > "$STATE"
  exit "$1"
}

stop() {
  audit "rc=1 reason=\"$*\""
  finish 1
}

# field NAME SUBVOLUME: what `btrfs subvolume show` says under a name.
field() {
  btrfs subvolume show "$2" 2> /dev/null | while read -r line; do
    case $line in "$1:"*) echo "${line##*[[:space:]]}" ;; esac
  done
}

# The least that may be free, in MiB, whatever profile the next data get.
free_space() {
  btrfs filesystem usage -b "$TARGET" | while read -r first second _ _ least _; do
    [ "$first $second" = "Free (estimated):" ] && echo "$((${least%)} / 1048576))"
  done
}

# is_snapshot SUBVOLUME SOURCE
is_snapshot() {
  [ "$(btrfs property get -ts "$1" ro)" = ro=true ] && [ "$(field 'Parent UUID' "$1")" = "$(field UUID "$2")" ]
}

# take NAME PATH
take() {
  made=$TARGET/$1-$stamp
  # Onto a directory that is there, the snapshot would be made inside it.
  [ ! -e "$made" ] || {
    audit "source=$2 path=$made rc=1 reason=\"the name is taken\""
    return 1
  }
  said=$(btrfs subvolume snapshot -r "$2" "$made" 2>&1) || {
    audit "source=$2 path=$made rc=1 reason=\"$said\""
    return 1
  }
  is_snapshot "$made" "$2" || {
    audit "source=$2 path=$made rc=1 reason=\"it is not a read-only snapshot of its source\""
    return 1
  }
  audit "source=$2 path=$made uuid=$(field UUID "$made") rc=0"
}

mkdir -p "${LOCK%/*}" "${STATE%/*}"
exec 9> "$LOCK"
flock -w 300 9 || stop "snapshots are taken or deleted elsewhere"
[ -d "$TARGET" ] || stop "$TARGET is not there"
free=$(free_space)
[ -n "$free" ] || stop "the free space of $TARGET is not known"
[ "$free" -ge "$MIN_FREE" ] || stop "$free MiB are free, and $MIN_FREE are wanted"
failures=0
while read -r name path; do
  take "$name" "$path" || failures=1
done << END
$SOURCES
END
finish "$failures"
