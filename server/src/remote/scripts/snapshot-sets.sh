# shellcheck shell=sh disable=SC2154
# Sets of snapshots that come into being as a whole. They are taken under hidden names in their folder, FOLDER/$imp_mark-REQUEST-N.
# A file FOLDER/$imp_mark/set-REQUEST decides that they stay: before it is there, whoever comes next removes them; once it
# is there, whoever comes next gives them their names. It also tells a second call with the same request that it is one.
imp_mark=.nix-impermanence

# facts TEXT: id, uuid, parent uuid and flags, of what btrfs shows of a subvolume.
facts() {
  printf '%s\n' "$1" | awk '/^\tSubvolume ID:/ { id = $3 } /^\tUUID:/ { uuid = $2 } /^\tParent UUID:/ { parent = $3 }
    /^\tFlags:/ { flags = $2 } END { print id, uuid, parent, flags }'
}

# is_read_only_snapshot PATH
is_read_only_snapshot() {
  case $(facts "$(btrfs subvolume show "$1" 2>/dev/null)") in
    *" - readonly"*) return 1 ;;
    *" readonly"*) [ ! -L "$1" ] ;;
    *) return 1 ;;
  esac
}

# flush PATH: a file, or the names in a folder, are on the disk afterwards. What others write is not waited for.
flush() { sync "$1" 2>/dev/null || sync; }

# is_waiting FOLDER REQUEST: whether a snapshot of the set has not got its name.
is_waiting() {
  for imp_one in "$1/$imp_mark-$2"-*; do
    if [ -e "$imp_one" ]; then return 0; fi
  done
  return 1
}

# there_is PATH: be it a link that leads nowhere.
there_is() { [ -e "$1" ] || [ -L "$1" ]; }

# settle FOLDER: brings what earlier calls left there to its end.
settle() {
  # A set in a folder that others could change, or in one that is a link, is none of ours.
  if there_is "$1/$imp_mark" && ! only_root_writes "$1/$imp_mark"; then return 0; fi
  for imp_set in "$1/$imp_mark"/set-*; do
    if [ ! -f "$imp_set" ]; then continue; fi
    publish "$1" "$imp_set"
    # Nobody asks for a request of last week again. What could not be named yet keeps its set, whatever the clock says.
    if ! is_waiting "$1" "${imp_set##*/set-}"; then find "$imp_set" -mtime +7 -exec rm -f -- {} + 2>/dev/null; fi
  done
  for imp_left in "$1/$imp_mark"-*-*; do
    imp_rest=${imp_left##*/"$imp_mark"-}
    case $imp_rest in *[!A-Za-z0-9-]*) continue ;; esac
    if [ ! -e "$1/$imp_mark/set-${imp_rest%-*}" ] && is_read_only_snapshot "$imp_left"; then
      btrfs subvolume delete -c "$imp_left" >/dev/null 2>&1
    fi
  done
  rm -f "$1/$imp_mark"/new-*
  rmdir "$1/$imp_mark" 2>/dev/null
  return 0
}

# publish FOLDER FILE: gives the snapshots of a set their names. Renaming is for good at once or not at all.
publish() {
  imp_id=${2##*/set-}
  while read -r imp_uuid imp_number imp_name; do
    imp_from=$1/$imp_mark-$imp_id-$imp_number
    if [ "$imp_uuid" = started ] || [ ! -d "$imp_from" ]; then continue; fi
    case $imp_number/$imp_name in */*/* | */.*) continue ;; esac
    imp_to=$1/$imp_name
    imp_try=0
    while [ -e "$imp_to" ] || [ -L "$imp_to" ]; do
      imp_try=$((imp_try + 1))
      imp_to=$1/$imp_name.$imp_try
    done
    if mv -nT -- "$imp_from" "$imp_to"; then audit "verb=snapshot request=$imp_id uuid=$imp_uuid path=${imp_to#/tmp/*/}"; fi
  done <"$2"
}

# report INDEX PATH FILE: what a set holds, PATH being its folder as the filesystem has it.
report() {
  while read -r imp_uuid imp_number imp_name; do
    if [ "$imp_uuid" = started ]; then
      record set "$1" "$imp_number" "$imp_name"
      continue
    fi
    imp_found=
    for imp_path in "/tmp/$1${2:+/$2}/$imp_name" "/tmp/$1${2:+/$2}/$imp_name".[0-9]*; do
      imp_show=$(btrfs subvolume show "$imp_path" 2>/dev/null)
      imp_facts=$(facts "$imp_show")
      case ${imp_facts#* } in
        "$imp_uuid "*)
          imp_found=$imp_path
          break
          ;;
      esac
    done
    if [ -n "$imp_found" ]; then
      record snapshot "$1" "$imp_uuid" "${imp_found#"/tmp/$1/"}"
      record output "show.$imp_uuid" 0 "$imp_show"
    elif [ -d "/tmp/$1${2:+/$2}/$imp_mark-${3##*/set-}-$imp_number" ]; then
      record unnamed "$1" "$imp_uuid" "$imp_name"
    else
      record gone "$1" "$imp_uuid" "$imp_name"
    fi
  done <"$3"
}
