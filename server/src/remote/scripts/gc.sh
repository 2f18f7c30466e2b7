# shellcheck shell=sh disable=SC2154
# Deletes subvolumes by their id. Runs after toplevels.sh, lock.sh, snapshot-sets.sh and mounted-anywhere.sh. Arguments:
# how many folders to settle, for each its filesystem and its path; then for each subvolume, those inside of others first,
# seven words: index of the filesystem, id, uuid, generation of its creation, "readonly" or "writable", creation time, and
# the id of the outermost one that it is deleted with.
lock gc
imp_folders=$1
shift
while [ "$imp_folders" -gt 0 ]; do
  imp_folder=/tmp/$1${2:+/$2}
  if is_trusted "/tmp/$1" "$2"; then settle "$imp_folder"; fi
  imp_folders=$((imp_folders - 1))
  shift 2
done

# shown FIELD: of what btrfs says in $imp_show. A name that makes up lines makes two of them.
shown() { printf '%s\n' "$imp_show" | sed -n "s/^	$1:[ 	]*//p"; }

# keep UUID OUTERMOST REASON DETAIL: leaves a subvolume, and what it is inside of.
keep() {
  imp_kept="$imp_kept$2 "
  record kept "$1" "$3" "$4"
}

imp_kept=' '
while [ "$#" -ge 7 ]; do
  imp_show=$(btrfs subvolume show -r "$2" "/tmp/$1" 2>/dev/null)
  imp_flags='writable'
  case $(shown Flags) in *readonly*) imp_flags='readonly' ;; esac
  case $imp_kept in
    *" $1.$7 "*) keep "$3" "$1.$7" inside "" ;;
    *)
      if [ -z "$imp_show" ]; then
        keep "$3" "$1.$7" gone ""
      elif [ "$(shown UUID)" != "$3" ] || [ "$(shown 'Gen at creation')" != "$4" ] || [ "$imp_flags" != "$5" ] || [ "$(shown 'Creation time')" != "$6" ]; then
        keep "$3" "$1.$7" changed ""
      # Looked at anew each time: something may be mounted while others are deleted.
      elif is_mounted "$1" "$2"; then
        keep "$3" "$1.$7" mounted ""
      else
        imp_path=$(printf '%s\n' "$imp_show" | head -n 1)
        if imp_error=$(btrfs subvolume delete -c -i "$2" "/tmp/$1" 2>&1); then
          record deleted "$2" "$3"
          audit "verb=gc uuid=$3 path=$imp_path"
        else
          keep "$3" "$1.$7" failed "$imp_error"
        fi
      fi
      ;;
  esac
  shift 7
done
