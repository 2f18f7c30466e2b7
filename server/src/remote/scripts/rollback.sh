# shellcheck shell=sh disable=SC2154,SC2034
# Exchanges a subvolume with a writable copy of a snapshot, takes that back, or removes what is left over. Runs after
# toplevels.sh, lock.sh, words.sh, exchange.sh and the other rollback-*.sh.
# Arguments: rollback|undo|discard|repair, the name of the rollback, index of the filesystem, whether mounts and units stay
# as they are until the next boot; then for a rollback id and uuid of the subvolume and of the snapshot; then units.
imp_verb=$1
imp_name=$2
imp_next_boot=$4
imp_number=$3
shift 4

# fail REASON TEXT: nothing is exchanged, and all is as it was.
fail() {
  trap '' HUP INT TERM PIPE
  trap 'kill -KILL "$imp_watch" 2>/dev/null' EXIT
  if is_rollback "$imp_dir"; then settle "$imp_number" "$imp_dir"; fi
  rmdir -- "/tmp/$imp_number/$imp_rollbacks" 2>/dev/null
  refuse "$1" "$2"
}

try() {
  imp_error=$("$@" 2>&1) || fail failed "$imp_error"
}

clean() {
  kill -KILL "$imp_watch" 2>/dev/null
  if is_rollback "$imp_dir"; then settle "$imp_number" "$imp_dir" >/dev/null; fi
  rmdir -- "/tmp/$imp_number/$imp_rollbacks" 2>/dev/null
}

# check ID UUID: that a subvolume is still there; its path in $imp_value.
check() {
  subvolume_path "$imp_number" "$1" || refuse gone "$1"
  if [ "$(uuid_at "$imp_top/$imp_value")" != "$2" ]; then refuse changed "$imp_value"; fi
}

# parent_at PATH: uuid of what a snapshot was taken of.
parent_at() { btrfs subvolume show "$1" 2>/dev/null | awk '$1 == "Parent" && $2 == "UUID:" { print $3; exit }'; }

# begin_exchange UUID UNIT...: writes down what will have to be put back, and that it begins.
begin_exchange() {
  imp_want=$1
  shift
  imp_id=$(id_at "$imp_live")
  imp_superblock=$(superblock "$imp_number")
  : >"$imp_dir/mounts"
  : >"$imp_dir/units"
  if [ "$imp_next_boot" = no ]; then
    # Whole subvolumes of this filesystem only: $4 is its path. Commas in it are written in two ways. The last one mounted
    # comes first.
    awk -v id="$imp_id" -v of="$imp_superblock" '$3 == of && match($NF, /,subvolid=[0-9]+,subvol=/) {
        is = substr($NF, RSTART + 10, RLENGTH - 18)
        path = substr($NF, RSTART + RLENGTH)
        gsub(/\\054/, ",", path)
        if (is == id && path == $4) line[++count] = $5 " " $6 }
      END { for (i = count; i > 0; i--) print line[i] }' /proc/1/mountinfo >"$imp_dir/mounts"
    for imp_unit; do
      case $(systemctl is-active -- "$imp_unit" 2>/dev/null) in
        active | activating | reloading) printf '%s\n' "$imp_unit" >>"$imp_dir/units" ;;
      esac
    done
  fi
  printf '%s\n' "$imp_boot_id" >"$imp_dir/boot"
  keep "$imp_dir/want" "$imp_want"
  keep "$imp_dir/phase-done" "done"
  set_phase exchange
  record step stop
  while read -r imp_unit; do
    imp_error=$(systemctl stop -- "$imp_unit" 2>&1 </dev/null) || fail unit-stop "$imp_unit: $imp_error"
  done <"$imp_dir/units"
  record step unmount
  while read -r imp_point imp_flags; do
    plain "$imp_point"
    imp_plain=$imp_value
    if ! host_mounts umount -- "$imp_plain" 2>/tmp/error; then
      holders "$imp_live"
      fail busy "$imp_plain"
    fi
  done <"$imp_dir/mounts"
}

# end_exchange: exchanges, and puts everything back.
end_exchange() {
  record step exchange
  imp_error=$(swap 2>&1)
  if [ "$(uuid_at "$imp_live")" != "$imp_want" ]; then fail failed "${imp_error:-the exchange had no effect}"; fi
  flush_rollback
  record step mount
  trap '' HUP INT TERM PIPE
  put_back
  : >"$imp_dir/completed"
  # Nobody waits for this to be on the disk, which is a whole commit. The exchange is there already, and so is what
  # phase-done holds: a crash leaves one phase or the other, never half a file. Whoever finds `exchange` then, with the
  # wanted subvolume at the path, calls it done; `undo` and `discard` do so before they begin.
  mv -T -- "$imp_dir/phase-done" "$imp_dir/phase"
  # Mounts of other namespaces, such as containers, still show the other one.
  imp_id=$(id_at "$imp_dir/other")
  grep -ls "^[0-9]* [0-9]* $imp_superblock .*[ ,]subvolid=$imp_id," /proc/[0-9]*/mountinfo /proc/[0-9]*/task/[0-9]*/mountinfo 2>/dev/null |
    awk -F / '!seen[$3]++ { print $3 }' >/tmp/elsewhere
  imp_own=$(readlink /proc/self/ns/mnt)
  imp_host=$(readlink /proc/1/ns/mnt)
  while read -r imp_pid; do
    imp_space_of=$(readlink "/proc/$imp_pid/ns/mnt")
    # It may be gone by now.
    if [ -z "$imp_space_of" ] || [ "$imp_space_of" = "$imp_own" ] || [ "$imp_space_of" = "$imp_host" ]; then continue; fi
    record elsewhere "$imp_pid" "$(unit_of "$imp_pid")" "$(cat "/proc/$imp_pid/comm" 2>/dev/null)"
  done </tmp/elsewhere
}

roll_back() {
  imp_old_id=$1 imp_old=$2 imp_source_id=$3 imp_source=$4
  shift 4
  check "$imp_source_id" "$imp_source"
  imp_source_path=$imp_value
  check "$imp_old_id" "$imp_old"
  imp_live_path=$imp_value
  if [ -n "$(btrfs subvolume list -o "$imp_top/$imp_live_path" 2>/dev/null | head -c 1)" ]; then refuse nested "$imp_live_path"; fi
  # It could not be exchanged, and its snapshot, which is immutable, too, not be deleted. One that is read-only can be both.
  if [ -w "$imp_top" ] && [ ! -w "$imp_top/$imp_live_path" ] && [ "$(btrfs property get -ts "$imp_top/$imp_live_path" ro 2>/dev/null)" = ro=false ]; then
    refuse immutable "$imp_live_path"
  fi
  if there "$imp_dir"; then refuse changed "$imp_live_path"; fi
  if ! is_trusted "$imp_top" "" || { there "$imp_top/$imp_rollbacks" && ! is_trusted "$imp_top" "$imp_rollbacks"; }; then
    refuse no-folder "$imp_rollbacks"
  fi
  trap clean EXIT
  try mkdir -p -m 700 -- "$imp_top/$imp_rollbacks"
  try mkdir -m 700 -- "$imp_dir"
  keep "$imp_dir/path" "$imp_live_path"
  keep "$imp_dir/source" "$imp_source_path"
  keep "$imp_dir/old" "$imp_old"
  keep "$imp_dir/when" "$(date +%s)"
  keep "$imp_dir/by" "${SUDO_USER:-${DOAS_USER:-$imp_user}}"
  open_rollback "$imp_number" "$imp_dir"
  set_phase prepare
  record step copy
  try btrfs subvolume snapshot -r "$imp_live" "$imp_dir/before"
  try btrfs subvolume snapshot "$imp_top/$imp_source_path" "$imp_dir/other"
  if [ "$(parent_at "$imp_dir/before")" != "$imp_old" ] || [ "$(parent_at "$imp_dir/other")" != "$imp_source" ] ||
    [ "$(btrfs property get -ts "$imp_dir/other" ro 2>/dev/null)" != ro=false ]; then
    fail unverified "$imp_live_path"
  fi
  imp_new=$(uuid_at "$imp_dir/other")
  keep "$imp_dir/new" "$imp_new"
  begin_exchange "$imp_new" "$@"
  end_exchange
}

undo() {
  is_rollback "$imp_dir" || refuse no-rollback ""
  open_rollback "$imp_number" "$imp_dir"
  imp_is=$(where_it_is)
  case $imp_is in
    new) imp_to=$(cat "$imp_dir/old") ;;
    old) imp_to=$(cat "$imp_dir/new") ;;
    *) refuse superseded "$imp_path" ;;
  esac
  if [ "$(uuid_at "$imp_dir/other")" != "$imp_to" ]; then refuse superseded "$imp_path"; fi
  if [ -n "$(btrfs subvolume list -o "$imp_live" 2>/dev/null | head -c 1)" ]; then refuse nested "$imp_path"; fi
  trap clean EXIT
  begin_exchange "$imp_to" "$@"
  end_exchange
}

discard() {
  is_rollback "$imp_dir" || refuse no-rollback ""
  open_rollback "$imp_number" "$imp_dir"
  if there "$imp_dir/other" && [ -n "$(btrfs subvolume list -o "$imp_dir/other" 2>/dev/null | head -c 1)" ]; then
    refuse nested "$imp_path"
  fi
  imp_id=$(id_at "$imp_dir/other")
  if [ -n "$imp_id" ] && is_mounted "$imp_number" "$imp_id"; then refuse still-mounted "$imp_path"; fi
  trap clean EXIT
  set_phase discard
  try delete_own other ""
  try delete_own before ""
  forget
}

lock rollback
exchanger
settle_all
imp_top=/tmp/$imp_number
imp_dir=$imp_top/$imp_rollbacks/$imp_name
case $imp_verb in
  rollback) roll_back "$@" ;;
  undo) undo "$@" ;;
  discard) discard ;;
esac
if [ "$imp_verb" != repair ]; then audit "verb=$imp_verb rollback=$imp_name"; fi
