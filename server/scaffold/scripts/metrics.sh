#!/bin/sh
# Writes metrics for the textfile collector of Prometheus' node exporter. It takes
#   DIRECTORY  where the collector reads
#   TARGET     the subvolume of snapshots, where it is mounted
#   SOURCES    one "name path" a line: the series of snapshots, and the mount point of what they are of
#   ROOT       where the root is mounted
#   ARCHIVE    the directory of old roots, from the top level
# What cannot be told is left out: alerts ask whether a metric is there. The file is whole at every moment, as the old
# one stays until the new one takes its place. What takes long (what only snapshots hold on to) is asked once a day.
set +e -u

: "${DIRECTORY:?}" "${TARGET:?}" "${SOURCES:?}" "${ROOT:?}" "${ARCHIVE:?}"
STATE=${STATE:-/run/server-impermanence}
NOW=${NOW:-$(date +%s)}
series_names=$(echo "$SOURCES" | while read -r name _; do echo "$name"; done)

# metric NAME HELP: the lines in front of the values of a metric, which are all gauges.
metric() {
  printf '# HELP %s %s\n# TYPE %s gauge\n' "$1" "$2" "$1"
}

# single NAME HELP VALUE: nothing without a value.
single() {
  [ -n "$3" ] || return 0
  metric "$1" "$2"
  echo "$1 $3"
}

# of NAME FILE: what a state file says under a name.
of() {
  [ -r "$2" ] || return 0
  while IFS='=' read -r name value; do
    [ "$name" = "$1" ] && echo "$value"
  done < "$2"
}

# The root is fresh when this boot said that it made it, and the root that is mounted is that one.
wipe() {
  result=$(of result "$STATE/boot")
  metric server_impermanence_boot_result "What became of the wipe at this boot."
  for each in wiped skipped failed; do
    echo "server_impermanence_boot_result{result=\"$each\"} $([ "$result" = "$each" ] && echo 1 || echo 0)"
  done
  made=$(of uuid "$STATE/boot.root")
  mounted=$(btrfs subvolume show "$ROOT" 2> /dev/null | while read -r name value; do
    [ "$name" = UUID: ] && echo "$value"
  done)
  verified=0
  [ "$result" = wiped ] && [ -n "$made" ] && [ "$made" = "$mounted" ] && verified=1
  single server_impermanence_wipe_verified "Whether the mounted root is the one that this boot made." "$verified"
  single server_impermanence_wipe_duration_seconds "How long the wipe took." "$(of seconds "$STATE/boot.root")"
  # Other filesystems and subvolumes are left out, so this is what the next boot takes away.
  unpersisted=$(du --one-file-system --summarize --block-size=1 "$ROOT" 2> /dev/null)
  single server_impermanence_root_bytes "What lies on the root and goes at the next boot." "${unpersisted%%[!0-9]*}"
  archived=$(btrfs subvolume list -a "$ROOT" 2> /dev/null | while read -r _ _ _ _ _ _ _ _ path; do
    case ${path#<FS_TREE>/} in
      "$ARCHIVE"/*/*) ;;
      "$ARCHIVE"/*) echo . ;;
    esac
  done | wc -l)
  single server_impermanence_archived_roots "How many old roots there are." "$archived"
}

# The date of a name such as persist-20260101-030000, or of btrbk's persist.20260101T030000+0000, in seconds.
time_of() {
  text=${1#"$2"?}
  zone=${text#????????[-T]??????}
  text=${text%"$zone"}
  clock=${text#?????????}
  minutes=${clock#??}
  date -u -d "${text%???????} ${clock%????}:${minutes%??}:${clock#????}${zone:-Z}" +%s 2> /dev/null
}

# names SERIES: its snapshots, the oldest first.
names() {
  for path in "$TARGET/$1"?*; do
    [ -d "$path" ] || continue
    name=${path##*/}
    case ${name#"$1"} in
      -[0-9]*-[0-9]* | .[0-9]*T[0-9]*) [ -z "$(time_of "$name" "$1")" ] || echo "$name" ;;
    esac
  done
}

snapshots() {
  metric server_snapshots "How many snapshots there are."
  for series in $series_names; do
    echo "server_snapshots{series=\"$series\"} $(names "$series" | wc -l)"
  done
  metric server_snapshots_newest_timestamp_seconds "When the newest snapshot was taken, by its name."
  for series in $series_names; do
    newest=$(names "$series" | tail -n 1)
    time=$([ -z "$newest" ] || time_of "$newest" "$series")
    [ -z "$time" ] || echo "server_snapshots_newest_timestamp_seconds{series=\"$series\"} $time"
  done
  last=$STATE/snapshots
  single server_snapshots_last_run_success "Whether all snapshots of the last run were taken." "$(of success "$last")"
  single server_snapshots_last_run_duration_seconds "How long the last run took." "$(of seconds "$last")"
  single server_snapshots_last_run_timestamp_seconds "When the last run ended." "$(of ended "$last")"
  single server_snapshots_held_bytes "What nothing but snapshots holds on to." "$(held)"
}

# usage PATH: what lies below it in all, of that what nothing else has, and what others have too, counted once.
usage() {
  btrfs filesystem du --summarize --raw "$1" 2> /dev/null | while read -r total alone shared path; do
    [ "$path" = "$1" ] && echo "$total $alone $shared"
  done
}

# Of the last day, else measured anew: btrfs looks at every extent of every snapshot. What snapshots have, less what
# their sources share with them.
held() {
  kept=$STATE/held
  at=$(of at "$kept")
  if [ "$((${at:-0} + 86400))" -lt "$NOW" ]; then
    bytes=$(usage "$TARGET" | while read -r _ alone shared; do echo "$((alone + shared))"; done)
    shared=$(echo "$SOURCES" | while read -r _ path; do
      usage "$path" | while read -r total alone _; do echo "$((total - alone))"; done
    done | sum)
    [ -z "$bytes" ] || printf 'at=%s\nbytes=%s\n' "$NOW" "$((bytes > ${shared:-0} ? bytes - ${shared:-0} : 0))" > "$kept"
  fi
  of bytes "$kept"
}

filesystem() {
  usage=$(btrfs filesystem usage -b "$TARGET" 2> /dev/null)
  single server_btrfs_size_bytes "How large the filesystem is." "$(echo "$usage" | while read -r first second value _; do
    [ "$first $second" = "Device size:" ] && echo "$value"
  done)"
  single server_btrfs_free_bytes "What is free at least, whatever profile new data get." "$(echo "$usage" | while read -r first second _ _ least _; do
    [ "$first $second" = "Free (estimated):" ] && echo "${least%)}"
  done)"
  errors=$(btrfs device stats "$TARGET" 2> /dev/null | while read -r _ count; do echo "$count"; done | sum)
  single server_btrfs_device_errors "Errors that the devices of the filesystem have had." "$errors"
  scrub=$(btrfs scrub status -R "$TARGET" 2> /dev/null)
  started=$(echo "$scrub" | while read -r first second rest; do
    [ "$first $second" = "Scrub started:" ] && date -d "$rest" +%s 2> /dev/null
  done)
  single server_btrfs_scrub_timestamp_seconds "When the last scrub began." "$started"
  [ -z "$started" ] || single server_btrfs_scrub_errors "Errors that the last scrub found." "$(echo "$scrub" | while read -r name count; do
    case $name in csum_errors: | read_errors: | verify_errors: | super_errors: | uncorrectable_errors:) echo "$count" ;; esac
  done | sum)"
}

# The sum of numbers, one a line; nothing when there is none.
sum() {
  total=
  while read -r number; do total=$((${total:-0} + number)); done
  echo "$total"
}

file=$DIRECTORY/server-impermanence.prom
mkdir -p "$DIRECTORY" "$STATE" || exit 1
{
  wipe
  snapshots
  filesystem
} > "$file.new" || exit 1
chmod 0644 "$file.new"
mv -T "$file.new" "$file"
