# shellcheck shell=sh disable=SC2154
# What differs between two subvolumes of the root's btrfs filesystem: DEVICE WAY NOW BASE ALSO. Subvolumes by their ids,
# 0 for none; WAY: send (a stream of btrfs send where that pays) or lists. ALSO is listed for comparison with both.
imp_device=$1 imp_way=$2 imp_now=$3 imp_base=$4 imp_also=$5
# Below this many entries in the baseline two lists are faster than a stream, as nearly everything is new.
imp_few=5000
# A stream beyond this is slower than two lists: in blocks of 512 bytes, and in seconds.
imp_blocks=16384
imp_seconds=10

private_folder
has btrfs || refuse no-btrfs ""
can_walk
mkdir /tmp/top /tmp/base /tmp/also

# below_top ID: its path, which may hold anything.
below_top() {
  imp_found=/tmp/top
  [ "$1" = 5 ] && return
  imp_found=/tmp/top/$(btrfs inspect-internal subvolid-resolve "$1" /tmp/top) || refuse changed "$1"
  [ "$(btrfs inspect-internal rootid "$imp_found" 2>/dev/null)" = "$1" ] || refuse changed "$1"
}

# fixed ID: sets $imp_found to what is read-only: the subvolume itself, or a snapshot of it.
fixed() {
  below_top "$1"
  [ "$(btrfs property get -ts "$imp_found" ro 2>/dev/null)" = ro=true ] && return
  snapshot "$imp_found" || return 1
  imp_found=$imp_snapshot
}

# send_stream: whether there is one. Else $imp_reason and $imp_said tell why not.
send_stream() {
  imp_reason=no-snapshot
  fixed "$imp_base" || return 1
  imp_parent=$imp_found
  fixed "$imp_now" || return 1
  (
    ulimit -f "$imp_blocks"
    exec timeout --foreground "$imp_seconds" btrfs -q send --no-data -p "$imp_parent" -f /tmp/stream "$imp_found"
  ) 2>/tmp/said
  imp_status=$?
  imp_said=$(head -c 1000 /tmp/said)
  case $imp_status in
    0) return 0 ;;
    # timeout's own status, the signal for a file that is too large, and either of them as btrfs reports it.
    124 | 153) imp_reason=too-many ;;
    *) imp_reason=no-stream ;;
  esac
  [ "$(stat -c %s /tmp/stream 2>/dev/null)" = "$((imp_blocks * 512))" ] && imp_reason=too-many
  return 1
}

imp_said=$(mount -n -t btrfs -o subvolid=5,noatime -- "$imp_device" /tmp/top 2>&1) || refuse no-mount "$imp_said"
sweep
[ "$imp_base" = 0 ] || by_id "$imp_device" "$imp_base" /tmp/base
if [ "$imp_way" = send ]; then
  imp_count=$(find /tmp/base -xdev -printf x | head -c "$imp_few" | wc -c)
  if [ "$imp_count" -lt "$imp_few" ]; then
    record lists few ""
  elif send_stream; then
    record send "$imp_base"
    record stream
    cat /tmp/stream
    imp_way=sent
  else
    record lists "$imp_reason" "$imp_said"
  fi
fi
if [ "$imp_way" != sent ]; then
  by_id "$imp_device" "$imp_now" /tmp/now
  [ "$imp_base" = 0 ] || walk base /tmp/base -xdev
  walk now /tmp/now -xdev
  if [ "$imp_also" != 0 ]; then
    by_id "$imp_device" "$imp_also" /tmp/also
    walk also /tmp/also -xdev
  fi
fi
