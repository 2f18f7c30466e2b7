# shellcheck shell=sh disable=SC2154
# Paths in variables, whatever they hold: a command substitution would lose newlines at their end.

# value_of COMMAND...: what it prints, without one newline at the end, in $imp_value.
value_of() {
  imp_value=$("$@" 2>/dev/null; printf x)
  imp_value=${imp_value%x}
  imp_value=${imp_value%
}
}

# kept FILE: the bytes of a file that `keep` wrote, in $imp_value.
kept() {
  imp_value=$(cat "$1" 2>/dev/null; printf x)
  imp_value=${imp_value%x}
}

# keep FILE TEXT
keep() { printf '%s' "$2" >"$1"; }

# above PATH: the path without its last part, in $imp_value: "/" of "/a", nothing of "a".
above() {
  case $1 in
    /*/*) imp_value=${1%/*} ;;
    /*) imp_value=/ ;;
    */*) imp_value=${1%/*} ;;
    *) imp_value= ;;
  esac
}

# there PATH: whether there is anything, be it a link that leads nowhere.
there() { [ -e "$1" ] || [ -L "$1" ]; }

# flush PATH: what was written on that filesystem is on the disk afterwards.
flush() { sync -f "$1" 2>/dev/null || sync; }

# canonical PATH: without links on the way, in $imp_value; what is not there yet is taken as it is written. Nothing where
# that cannot be said.
canonical() {
  if imp_value=$(readlink -m -- "$1" 2>/dev/null && printf x); then
    imp_value=${imp_value%?x}
    return
  fi
  # That of busybox knows only paths that are there.
  imp_there=$1
  while [ -n "$imp_there" ] && ! there "$imp_there"; do imp_there=${imp_there%/*}; done
  if [ -n "$imp_there" ] && [ ! -e "$imp_there" ]; then
    imp_value=
    return
  fi
  imp_missing=${1#"$imp_there"}
  value_of readlink -f -- "${imp_there:-/}"
  if [ "$imp_value" = / ]; then imp_value=; fi
  imp_value=$imp_value$imp_missing
  imp_value=${imp_value:-/}
}

# subvolume_path INDEX ID: path from the toplevel, in $imp_value; fails when there is none.
subvolume_path() {
  value_of btrfs inspect-internal subvolid-resolve "$2" "/tmp/$1"
  [ -n "$imp_value" ]
}
