# shellcheck shell=sh disable=SC2154,SC2034
# What is kept of rollbacks, on the filesystem itself: /$imp_rollbacks/ID/ in its toplevel, with
#   other   the subvolume that is not in use: the copy until the exchange, what it replaced afterwards
#   before  a read-only snapshot of what was there
#   path old new source when by   text: the path that was rolled back, the uuids of what was and what came, and more
#   phase   prepare, exchange, done or discard;  want: the uuid that the exchange is to bring to the path
#   phase-done   what takes the place of phase at the end of an exchange
#   completed   is there once the rollback was done;  boot mounts units   what has to be put back after an interruption
#   missed   is there when names are exchanged one after the other: a boot may have found nothing at the path
imp_rollbacks=.nix-impermanence-rollbacks

# uuid_at PATH: of the subvolume there; nothing where there is none.
uuid_at() {
  if [ ! -L "$1" ] && [ "$(stat -c %i -- "$1" 2>/dev/null)" = 256 ]; then
    btrfs subvolume show "$1" 2>/dev/null | awk '$1 == "UUID:" { print $2; exit }'
  fi
}

# id_at PATH
id_at() { btrfs inspect-internal rootid "$1" 2>/dev/null; }

# open_rollback INDEX FOLDER: sets what the other functions work on.
open_rollback() {
  imp_top=/tmp/$1
  imp_dir=$2
  kept "$imp_dir/path"
  imp_live=$imp_top/$imp_value
  imp_path=$imp_value
}

# is_rollback FOLDER: whether it is one of ours: a name of ours, and of root.
is_rollback() {
  case ${1##*/} in *[!A-Za-z0-9-]*) return 1 ;; esac
  [ ! -L "${1%/*}" ] && only_root_writes "$1"
}

# where_it_is: new, old, none or foreign: what is at the path now.
where_it_is() {
  imp_uuid_now=$(uuid_at "$imp_live")
  if [ -z "$imp_uuid_now" ]; then
    echo none
  elif [ "$imp_uuid_now" = "$(cat "$imp_dir/new" 2>/dev/null)" ]; then
    echo new
  elif [ "$imp_uuid_now" = "$(cat "$imp_dir/old" 2>/dev/null)" ]; then
    echo old
  else
    echo foreign
  fi
}
