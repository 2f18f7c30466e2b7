# shellcheck shell=sh disable=SC2154
# refuse REASON TEXT: ends the script without doing more. TEXT may hold anything.
refuse() {
  record refused "$1" "$2"
  record end 0
  over 0
}

# has_find: whether find prints what it is told to, which that of busybox does not.
has_find() { [ "$(find / -maxdepth 0 -printf x 2>/dev/null)" = x ]; }

# can_walk: only GNU find can list everything exactly.
can_walk() { has_find || refuse no-find ""; }

# empty_tmp: an empty /tmp that only this script sees, for its mounts. When there can be none, $imp_said is why. By the name of
# its source the client knows it among the mounts of the host, which are read meanwhile.
empty_tmp() { imp_said=$(mount -n -t tmpfs -o mode=700 nix-impermanence /tmp 2>&1) && mkdir /tmp/now /tmp/top; }

# private_folder: the same, or the script ends.
private_folder() {
  [ "$imp_space" = private ] || refuse no-root ""
  empty_tmp || refuse no-mount "$imp_said"
}

# by_id DEVICE ID FOLDER: mounts a subvolume of btrfs for reading.
by_id() {
  imp_said=$(mount -n -t btrfs -o "subvolid=$2,ro" -- "$1" "$3" 2>&1) || refuse no-mount "$imp_said"
  # The kernel takes the default subvolume for 0, and old ones for an id that is gone.
  [ "$(btrfs inspect-internal rootid "$3")" = "$2" ] || refuse changed "$2"
}

# What find prints of an entry before its name, see MANIFEST_FORMAT.
imp_facts='%i\t%y\t%m\t%U\t%G\t%s\t%T@\t%C@\t'

# list FIND-ARGUMENT...: one record for each entry. Names are those below where it began, or $imp_form.
list() { find "$@" -printf "$imp_facts${imp_form:-%P}%l\0"; }

# walk NAME FIND-ARGUMENT...: a stream with a list, ended by an empty record; then a record walked with find's status and
# what it said. What vanishes while find runs is no error of the list.
walk() {
  imp_name=$1
  shift
  record walk "$imp_name"
  record stream
  exec 4>&1
  imp_said=$({
    list "$@"
    printf '\n%s' "$?" >&2
  } 2>&1 >&4)
  exec 4>&-
  printf '\000'
  imp_status=${imp_said##*
}
  imp_said=${imp_said%
*}
  [ -z "$imp_said" ] || imp_said=$(printf '%s' "$imp_said" | grep -v ': No such file or directory$' | tail -c 4000)
  record walked "$imp_name" "$imp_status" "$imp_said"
}

# describe PATH...: a walk named details over nothing but these, each under its own name. Where find cannot print, stat says
# the same, with times in whole seconds.
describe() {
  imp_form=%p
  if has_find; then
    walk details "$@" -maxdepth 0
    return
  fi
  record walk details
  record stream
  for imp_path; do describe_one "$imp_path"; done
  printf '\000'
  record walked details 0 ""
}

describe_one() {
  imp_target=
  if [ -L "$1" ]; then
    imp_type=l
    imp_target=$(readlink -- "$1"; printf x)
    imp_target=${imp_target%?x}
  elif [ -f "$1" ]; then
    imp_type=f
  elif [ -d "$1" ]; then
    imp_type=d
  elif [ -p "$1" ]; then
    imp_type=p
  elif [ -S "$1" ]; then
    imp_type=s
  elif [ -b "$1" ]; then
    imp_type=b
  elif [ -c "$1" ]; then
    imp_type=c
  else
    return
  fi
  # In one call, so that all is of one moment.
  imp_stat=$(stat -c '%i %a %u %g %s %Y %Z' -- "$1") || return
  printf '%s\t%s\t' "${imp_stat%% *}" "$imp_type"
  printf '%s' "${imp_stat#* }" | tr ' ' '\t'
  printf '\t%s%s\000' "$1" "$imp_target"
}
