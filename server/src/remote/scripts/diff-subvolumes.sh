# shellcheck shell=sh disable=SC2034,SC2154
# What differs between two subvolumes of the root's btrfs filesystem, whose toplevel is at /tmp/top.

# Below this many entries in the baseline two lists are faster than a stream, as nearly everything is new.
imp_few=1000
imp_long=................................................................
# Bytes of a stream that some hundred changes make.
imp_many=32768
# A stream beyond this is slower than two lists: in blocks of 512 bytes.
imp_blocks=16384

# moved ID PATH...: the first of them that is not any more what the client means, or `none`. 0 stands for nothing. Paths may
# hold anything.
moved() {
  while [ "$#" -gt 1 ]; do
    if [ "$1" != 0 ] && [ "$(btrfs inspect-internal rootid "/tmp/top/$2" 2>/dev/null)" != "$1" ]; then
      echo "$1"
      return
    fi
    shift 2
  done
  echo none
}

# are_still: waits for `moved`, which runs beside what else has to be known before anything is compared.
are_still() {
  wait "$imp_second"
  only_line /tmp/moved
  [ "$imp_line" = none ] || refuse changed "$imp_line"
}

# fixed PATH ACCESS: sets $imp_found to what is read-only: the subvolume itself, or a snapshot of it.
fixed() {
  imp_found=$1
  [ "$2" = ro ] && return
  snapshot "$1" || return 1
  imp_found=$imp_snapshot
}

# listed TREE FOLDER: a list in order, in /tmp/list.TREE. Who ends the process whose number is in /tmp/lister.TREE ends all of it.
listed() {
  {
    find "$2" -xdev -printf "$imp_facts%P%l\0" 2>"/tmp/said.$1"
    echo "$?" >"/tmp/status.$1"
  } | sort -z -S 64M -o "/tmp/list.$1" &
  echo "$!" >"/tmp/lister.$1"
  wait "$!"
}

# lister: what differs between the lists of both trees in /tmp/both, and a signal when it is there as a whole.
lister() {
  # Few changes are sent before a walk over many files has begun, which would hold that up. Many are in the stream soon.
  for imp_pause in 0.05 0.05 0.1 0.1 0.1 0.1; do
    sleep "$imp_pause" &
    echo "$!" >/tmp/lister.now
    wait "$!" || return
    [ "$(stat -c %s /tmp/stream 2>/dev/null || echo 0)" -lt "$imp_many" ] || break
  done
  listed base "$imp_before" &
  imp_other=$!
  listed now "$imp_live" && wait "$imp_other" && comm -z -3 /tmp/list.base /tmp/list.now >/tmp/comm &&
    mv /tmp/comm /tmp/both && kill -USR1 "$$"
}

# end_of FILE: ends the process whose number is in a file.
end_of() {
  only_line "$1"
  [ -z "$imp_line" ] || kill "$imp_line" 2>/dev/null
}

# race: lets both find out what changed, and takes what is there first. $imp_won: sent, listed, or none when both fail.
race() {
  imp_won=none imp_reason=slower
  trap 'imp_won=listed' USR1
  (
    # What goes beyond that is an error of writing, and no crash that the host would keep a dump of.
    trap '' XFSZ
    ulimit -f "$imp_blocks"
    exec btrfs -q send --no-data -p "$imp_parent" -f /tmp/stream "$imp_child"
  ) 2>/tmp/said.send &
  imp_sender=$!
  # Nothing that is left of it may hold the connection open.
  lister >/dev/null 2>&1 &
  imp_lister=$!
  wait "$imp_sender"
  imp_status=$?
  if [ "$imp_won" = listed ]; then
    # It ends when its pipe of a megabyte is full. `drop` waits for that, and the answer does not.
    kill "$imp_sender" 2>/dev/null
    return
  fi
  imp_sender=
  if [ "$imp_status" = 0 ]; then
    imp_won=sent
    trap '' USR1
    kill "$imp_lister" 2>/dev/null
    end_of /tmp/lister.base
    end_of /tmp/lister.now
  else
    imp_reason=no-stream
    if [ "$(stat -c %s /tmp/stream 2>/dev/null)" -ge "$((imp_blocks * 512))" ] 2>/dev/null; then imp_reason=too-many; fi
    imp_said=$(head -c 1000 /tmp/said.send 2>/dev/null)
    wait "$imp_lister"
    if [ -e /tmp/both ]; then imp_won=listed; fi
  fi
}

# walked_from TREE: what find said of one that is a file by now.
walked_from() {
  imp_said=
  if [ -s "/tmp/said.$1" ]; then imp_said=$(grep -v ': No such file or directory$' "/tmp/said.$1" | tail -c 4000); fi
  only_line "/tmp/status.$1"
  record walked "$1" "$imp_line" "$imp_said"
}

# compare_subvolumes WAY NOW PATH ACCESS BASE PATH ACCESS ALSO PATH: subvolumes by their ids, 0 for none, with their paths from
# the toplevel and ro or rw; WAY: send (a stream of btrfs send where that pays) or lists. ALSO is listed for comparison
# with both. After a stream it looks up what the client asks for.
compare_subvolumes() {
  [ "$imp_space" = private ] || refuse no-root ""
  has btrfs || refuse no-btrfs ""
  imp_way=$1 imp_now=$2 imp_live=/tmp/top/$3 imp_base=$5 imp_before=/tmp/top/$6 imp_also=$8
  sweep
  if [ "$imp_way" = send ]; then
    # What is waited for begins first. Long lines, so that find hears soon that nobody reads on.
    find "$imp_before" -xdev -printf "$imp_long" 2>/dev/null | head -c "$((imp_few * ${#imp_long}))" | wc -c >/tmp/seen &
    imp_counter=$!
  fi
  moved "$2" "$3" "$5" "$6" "$8" "$9" >/tmp/moved &
  imp_second=$!
  listen
  imp_won=none imp_reason=asked imp_said=''
  if [ "$imp_way" = send ]; then
    wait "$imp_counter"
    only_line /tmp/seen
    imp_seen=$((imp_line + 0))
    if [ "$imp_seen" -lt "$((imp_few * ${#imp_long}))" ]; then
      imp_reason=few
    elif fixed "$imp_before" "$7" && imp_parent=$imp_found && fixed "$imp_live" "$4"; then
      imp_child=$imp_found
      imp_reason=race
    else
      imp_reason=no-snapshot
    fi
    are_still
    [ "$imp_seen" -gt 0 ] || refuse no-find ""
    if [ "$imp_reason" = race ]; then race; fi
  else
    can_walk
    are_still
  fi
  case $imp_won in
    sent)
      record send "$(stat -c %s /tmp/stream)"
      record stream
      cat /tmp/stream
      record ask
      drop
      heard
      eval "set -- $imp_answer"
      [ "$#" -eq 0 ] || details "$@"
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
      [ "$imp_base" = 0 ] || walk base "$imp_before" -xdev
      walk now "$imp_live" -xdev
      if [ "$imp_also" != 0 ]; then
        walk also "/tmp/top/$9" -xdev
      fi
      ;;
  esac
}

# details PATH...: owner, size and times of what is named, below the subvolume of now with ./ in front.
details() {
  cd "$imp_live" || refuse changed "$imp_now"
  imp_form=%p
  walk details "$@" -maxdepth 0
}
