# shellcheck shell=sh disable=SC2154,SC2034
# Takes read-only snapshots. Runs after toplevels.sh, lock.sh and snapshot-sets.sh. Arguments: the request, then for each
# subvolume six words: index of the filesystem, id, uuid, path, folder for the snapshot (both paths from the toplevel), name.
imp_request=$1
shift

each() {
  imp_do=$1
  shift
  while [ "$#" -ge 6 ]; do
    "$imp_do" "$1" "$2" "$3" "$4" "$5" "$6"
    shift 6
  done
}

# Finds the folder of a filesystem, and settles what is left in it.
prepare() {
  imp_folder=/tmp/$1${5:+/$5}
  case " $imp_folders " in *" $1 "*) return ;; esac
  if ! is_trusted "/tmp/$1" "$5"; then refuse no-folder "$5"; fi
  eval "imp_folder_$1=\$imp_folder imp_path_$1=\$5 imp_lines_$1="
  imp_folders="$imp_folders$1 "
  settle "$imp_folder"
}

is_done() {
  eval "imp_folder=\$imp_folder_$1"
  [ -e "$imp_folder/$imp_mark/set-$imp_request" ]
}

check() {
  if is_done "$1"; then return; fi
  imp_facts=$(facts "$(btrfs subvolume show "/tmp/$1/$4" 2>/dev/null)")
  case $imp_facts in
    "$2 $3 "*readonly) ;;
    # The kernel lets not even root write to a folder that is immutable. Its snapshot is it, too: it could get no name, and
    # nobody could delete it. On a filesystem that is read-only by now all else fails, too.
    "$2 $3 "*) [ -w "/tmp/$1/$4" ] || [ ! -w "/tmp/$1" ] || refuse immutable "$4" ;;
    *) refuse changed "$4" ;;
  esac
}

# try COMMAND...: refuses to go on with what it prints when it fails.
try() {
  imp_error=$("$@" 2>&1) || refuse failed "$imp_error"
}

take() {
  imp_number=$((imp_number + 1))
  if is_done "$1"; then return; fi
  try btrfs subvolume snapshot -r "/tmp/$1/$4" "$imp_folder/$imp_mark-$imp_request-$imp_number"
}

verify() {
  imp_number=$((imp_number + 1))
  if is_done "$1"; then return; fi
  imp_new=$imp_folder/$imp_mark-$imp_request-$imp_number
  imp_facts=$(facts "$(btrfs subvolume show "$imp_new" 2>/dev/null)")
  imp_new_uuid=${imp_facts#* }
  imp_new_uuid=${imp_new_uuid%% *}
  if [ "${imp_facts#* }" != "$imp_new_uuid $3 readonly" ]; then
    # What is not read-only is not removed by the next run, which cannot know that nobody has written to it.
    btrfs subvolume delete -c "$imp_new" >/dev/null 2>&1
    refuse unverified "$4"
  fi
  eval "imp_lines_$1=\"\${imp_lines_$1}\$imp_new_uuid \$imp_number \$6-\$imp_stamp
\""
}

commit() {
  eval "imp_folder=\$imp_folder_$1 imp_lines=\$imp_lines_$1"
  if is_done "$1"; then return; fi
  try mkdir -p -m 700 "$imp_folder/$imp_mark"
  imp_file=$imp_folder/$imp_mark/new-$imp_request
  try write_set "$imp_file"
  flush "$imp_file"
  try mv -nT "$imp_file" "$imp_folder/$imp_mark/set-$imp_request"
  flush "$imp_folder/$imp_mark"
}

write_set() { printf 'started %s %s %s\n%s' "$imp_started" "$imp_from_uptime" "$imp_to_uptime" "$imp_lines" >"$1"; }

each_folder() {
  for imp_index in $imp_folders; do "$1" "$imp_index"; done
}

finish() {
  eval "imp_folder=\$imp_folder_$1 imp_path=\$imp_path_$1"
  publish "$imp_folder" "$imp_folder/$imp_mark/set-$imp_request"
  flush "$imp_folder"
  report "$1" "$imp_path" "$imp_folder/$imp_mark/set-$imp_request"
}

settle_index() {
  eval "imp_folder=\$imp_folder_$1"
  settle "$imp_folder"
}

# However this ends, what was not decided is removed.
clean() {
  kill -KILL "$imp_watch" 2>/dev/null
  each_folder settle_index
}

uptime_now() {
  imp_uptime=$(cat /proc/uptime)
  imp_uptime=${imp_uptime%% *}
}

imp_folders=
lock snapshot
trap clean EXIT
each prepare "$@"
imp_before=yes
for imp_index in $imp_folders; do
  if ! is_done "$imp_index"; then imp_before=no; fi
done
record found "$imp_before"
each check "$@"
imp_stamp=$(date +%Y%m%d-%H%M%S)
imp_started=$(date +%s)
uptime_now
imp_from_uptime=$imp_uptime
imp_number=0
each take "$@"
uptime_now
imp_to_uptime=$imp_uptime
imp_number=0
each verify "$@"
each_folder commit
each_folder finish
