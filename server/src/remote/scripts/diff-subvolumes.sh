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

# sender: a stream in /tmp/stream, and one word for how that went.
sender() {
  (
    ulimit -f "$imp_blocks"
    exec timeout --foreground "$imp_seconds" btrfs -q send --no-data -p "$imp_parent" -f /tmp/stream "$imp_child"
  ) 2>/tmp/said.send &
  echo "$!" >/tmp/sender
  wait "$!"
  imp_status=$?
  case $imp_status in
    0) echo sent >&5 ;;
    # timeout's own status, and that for the signal when a file grows too large.
    124 | 153) echo too-many >&5 ;;
    *) if [ "$(stat -c %s /tmp/stream 2>/dev/null)" = "$((imp_blocks * 512))" ]; then echo too-many; else echo no-stream; fi >&5 ;;
  esac
}

# step COMMAND...: a program, not a function, that can be ended by its number in /tmp/lister.
step() {
  "$@" &
  echo "$!" >/tmp/lister
  wait "$!"
}

# lister: what differs between the lists of both trees in /tmp/both, and a word when it is there.
lister() {
  # Few changes are sent before a walk over many files has begun.
  step sleep 0.3
  for imp_tree in base now; do
    step find "/tmp/$imp_tree" -xdev -printf "$imp_facts%P%l\0" >"/tmp/list.$imp_tree" 2>"/tmp/said.$imp_tree"
    echo "$?" >"/tmp/status.$imp_tree"
    step sort -z -o "/tmp/list.$imp_tree" "/tmp/list.$imp_tree" || return
  done
  comm -z -3 /tmp/list.base /tmp/list.now >/tmp/both && echo listed >&5
}

# race: lets both find out what changed, and takes what is there first. $imp_won: sent, listed, or none when both fail.
race() {
  mkfifo /tmp/first
  exec 5<>/tmp/first
  by_id "$imp_device" "$imp_now" /tmp/now
  sender &
  imp_sender=$!
  # Nothing that is left of it may hold the connection open.
  { lister; echo ended >&5; } >/dev/null 2>&1 &
  imp_lister=$!
  imp_won='' imp_reason=slower
  while [ -z "$imp_won" ] && read -r imp_word <&5; do
    case $imp_word in
      sent | listed) imp_won=$imp_word ;;
      ended) imp_won=none ;;
      *) imp_reason=$imp_word ;;
    esac
  done
  kill "$imp_lister" "$(cat /tmp/lister 2>/dev/null)" 2>/dev/null
  # The snapshot cannot be deleted as long as it is sent.
  kill "$(cat /tmp/sender)" 2>/dev/null
  wait "$imp_sender" 2>/dev/null
  imp_said=$(head -c 1000 /tmp/said.send 2>/dev/null)
}

# walked_from TREE: what find said of one that is a file by now.
walked_from() {
  imp_said=$(grep -v ': No such file or directory$' "/tmp/said.$1" | tail -c 4000)
  record walked "$1" "$(cat "/tmp/status.$1")" "$imp_said"
}

# Mounting for writing would make the whole filesystem writable that somebody, or an error, has made read-only.
imp_access=$(
  export imp_device
  awk '{ for (i = 7; i < NF; i++) if ($i == "-" && $(i + 2) == ENVIRON["imp_device"] && $(i + 3) ~ /^rw(,|$)/) print "noatime" }' \
    /proc/self/mountinfo | head -n 1
)
imp_said=$(mount -n -t btrfs -o "subvolid=5,${imp_access:-ro}" -- "$imp_device" /tmp/top 2>&1) || refuse no-mount "$imp_said"
sweep
[ "$imp_base" = 0 ] || by_id "$imp_device" "$imp_base" /tmp/base
imp_won=none imp_reason=asked imp_said=''
if [ "$imp_way" = send ]; then
  imp_count=$(find /tmp/base -xdev -printf x | head -c "$imp_few" | wc -c)
  if [ "$imp_count" -lt "$imp_few" ]; then
    imp_reason=few
  elif fixed "$imp_base" && imp_parent=$imp_found && fixed "$imp_now"; then
    imp_child=$imp_found
    race
  else
    imp_reason=no-snapshot
  fi
fi
case $imp_won in
  sent)
    record send "$imp_base"
    record stream
    cat /tmp/stream
    ;;
  listed)
    record lists "$imp_reason" "$imp_said"
    record walk both
    record stream
    cat /tmp/both
    printf '\000'
    walked_from base
    walked_from now
    ;;
  none)
    record lists "$imp_reason" "$imp_said"
    # Nothing of a race is left to fill the memory.
    rm -f /tmp/list.* /tmp/both /tmp/stream
    [ "$imp_reason" = asked ] || [ "$imp_reason" = few ] || umount /tmp/now 2>/dev/null
    by_id "$imp_device" "$imp_now" /tmp/now
    [ "$imp_base" = 0 ] || walk base /tmp/base -xdev
    walk now /tmp/now -xdev
    if [ "$imp_also" != 0 ]; then
      by_id "$imp_device" "$imp_also" /tmp/also
      walk also /tmp/also -xdev
    fi
    ;;
esac
