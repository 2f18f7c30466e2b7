#!/bin/sh
# Deletes snapshots that no rule keeps. It takes
#   TARGET  the subvolume of snapshots, where it is mounted
#   SERIES  the names of the series, a blank between
#   RECENT  how many of the newest stay, at least 1
#   WEEKS   for how many weeks the first snapshot stays
#   MONTHS  for how many months the first snapshot stays; -1 for all
#   DAYS    how many days every snapshot stays
# Only read-only subvolumes that are named as snapshot.sh names them are counted or deleted; rename one to keep it. Their
# order is that of their generations and not that of the clock. Dates in the future are left alone, and so is the last
# hour. Weeks and months without a snapshot do not count, so that a host that was off loses nothing by it.
set +e -u

: "${TARGET:?}" "${SERIES:?}" "${RECENT:?}" "${WEEKS:?}" "${MONTHS:?}" "${DAYS:?}"
LOCK=${LOCK:-/run/server-impermanence/snapshots.lock}
MOUNTS=${MOUNTS:-/proc/self/mountinfo}
NOW=${NOW:-$(date +%s)}

audit() {
  echo "server-snapshots: verb=expire $*"
}

stop() {
  audit "rc=1 reason=\"$*\" nothing is deleted"
  exit 1
}

is_mounted() {
  while read -r _ _ _ inside _; do
    [ "$inside" = "/$1" ] && return 0
  done < "$MOUNTS"
  return 1
}

# From the list of a filesystem, the newest first, the numbers and paths of what goes.
plan() {
  OWN=$own awk -v series="$SERIES" -v recent="$RECENT" -v weeks="$WEEKS" -v months="$MONTHS" -v age="$DAYS" -v now="$NOW" '
    # Days since 1970 of a date in the calendar that we use.
    function days(year, month, day) {
      if (month <= 2) { year--; month += 12 }
      return 365 * year + int(year / 4) - int(year / 100) + int(year / 400) + int((153 * (month - 3) + 2) / 5) + day - 719469
    }
    # Keeps the oldest of each of the newest buckets; without a limit below 0.
    function first(bucket, limit, at, count, seen, oldest, key) {
      for (at = 1; at <= total; at++) {
        key = bucket[at]
        if (!(key in seen)) {
          seen[key] = 1
          if (limit >= 0 && ++count > limit) seen[key] = 0
        }
        if (seen[key]) oldest[key] = at
      }
      for (key in oldest) keep[oldest[key]] = 1
    }
    BEGIN { split(series, names, " "); for (at in names) wanted[names[at]] = 1 }
    {
      path = substr($0, index($0, " path ") + 6)
      name = path
      sub(/.*\//, "", name)
      if (name !~ /-[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]-[0-9][0-9][0-9][0-9][0-9][0-9]$/) next
      # In other directories there may be subvolumes of such names.
      if (path != (ENVIRON["OWN"] == "/" ? name : ENVIRON["OWN"] "/" name)) next
      if (!(substr(name, 1, length(name) - 16) in wanted)) next
      text = substr(name, length(name) - 14)
      year = substr(text, 1, 4) + 0; month = substr(text, 5, 2) + 0; day = substr(text, 7, 2) + 0
      number = days(year, month, day)
      next_month = month == 12 ? days(year + 1, 1, 1) : days(year, month + 1, 1)
      if (month < 1 || month > 12 || day < 1 || number >= next_month) next
      time = number * 86400 + substr(text, 10, 2) * 3600 + substr(text, 12, 2) * 60 + substr(text, 14, 2)
      if (time > now) next
      own = substr(name, 1, length(name) - 16)
      count = ++lengths[own]
      ids[own, count] = $2; paths[own, count] = path; times[own, count] = time
      weekly[own, count] = int((number + 3) / 7); monthly[own, count] = year * 12 + month
    }
    END {
      for (own in lengths) {
        total = lengths[own]
        split("", keep); split("", by_week); split("", by_month)
        for (at = 1; at <= total; at++) {
          by_week[at] = weekly[own, at]; by_month[at] = monthly[own, at]
          if (at <= recent || at == 1 || now - times[own, at] < 3600 || now - times[own, at] < age * 86400) keep[at] = 1
        }
        first(by_week, weeks); first(by_month, months)
        for (at = total; at >= 1; at--) if (!(at in keep)) print ids[own, at], paths[own, at]
      }
    }'
}

mkdir -p "${LOCK%/*}"
exec 9> "$LOCK"
flock -w 300 9 || stop "snapshots are taken or deleted elsewhere"
own=$(btrfs subvolume show "$TARGET" 2> /dev/null | head -n 1)
[ -n "$own" ] || stop "$TARGET is no subvolume that can be read"
subvolumes=$(btrfs subvolume list -r -c -o "$TARGET") || stop "the snapshots could not be listed"
going=$(echo "$subvolumes" | sort -k 6,6nr -k 2,2nr | plan) || stop "no plan could be made"
failures=0
while read -r id path; do
  [ -n "$id" ] || continue
  snapshot=$TARGET/${path##*/}
  # What lies under the name by now has to be what the plan is about.
  [ "$(btrfs inspect-internal rootid "$snapshot" 2> /dev/null)" = "$id" ] || continue
  if is_mounted "$path"; then
    audit "path=$snapshot rc=0 reason=\"it is mounted and stays\""
  elif said=$(btrfs subvolume delete "$snapshot" 2>&1); then
    audit "path=$snapshot rc=0"
  else
    audit "path=$snapshot rc=1 reason=\"$said\""
    failures=1
  fi
done << END
$going
END
# What is deleted is so for good once it is written down.
sync -f "$TARGET" || failures=1
exit "$failures"
