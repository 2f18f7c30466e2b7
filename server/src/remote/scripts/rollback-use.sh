# shellcheck shell=sh disable=SC2154
# Who uses a subvolume. Runs after toplevels.sh and words.sh.

# unit_of PID: the service that a process belongs to, if any.
unit_of() {
  sed -n 's/^0::.*\/\([^/]*\.\(service\|scope\|socket\)\)\(\/.*\)\{0,1\}$/\1/p' "/proc/$1/cgroup" 2>/dev/null | tail -n 1
}

# holders PATH: a record for each process that has something open in the subvolume at PATH, besides those that only live
# in mounts of our own.
holders() {
  imp_subvolume_device=$(stat -c %d -- "$1")
  imp_own=$(readlink /proc/self/ns/mnt)
  {
    find -L /proc/[0-9]*/cwd /proc/[0-9]*/root /proc/[0-9]*/exe -maxdepth 0 -printf '%D %p\n'
    find -L /proc/[0-9]*/fd /proc/[0-9]*/map_files -mindepth 1 -maxdepth 1 -printf '%D %p\n'
  } 2>/dev/null | awk -F '[ /]' -v device="$imp_subvolume_device" '$1 == device && !seen[$4]++ { print $4 }' >/tmp/holders
  while read -r imp_pid; do
    if [ "$(readlink "/proc/$imp_pid/ns/mnt")" = "$imp_own" ]; then continue; fi
    record holder "$imp_pid" "$(unit_of "$imp_pid")" "$(cat "/proc/$imp_pid/comm" 2>/dev/null)"
  done </tmp/holders
}
