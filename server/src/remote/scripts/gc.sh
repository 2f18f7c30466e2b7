# shellcheck shell=sh disable=SC2154
# Deletes subvolumes by their id. Runs after toplevels.sh, lock.sh, snapshot-sets.sh, mounted-anywhere.sh and exact-subvolumes.sh.
# Arguments: how many folders to settle, for each its filesystem and its path; then batches: index of the filesystem, ids, and
# for each of them, those inside of others first, four words: uuid, generation of its creation, "readonly" or "writable", and
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

# states: of each in $imp_ids that is there, a line with id, uuid, generation of its creation, flag and path.
states() {
  imp_lists=$(listed "/tmp/$imp_index")
  if ! has_odd_names "$imp_lists"; then
    {
      btrfs subvolume list -r "/tmp/$imp_index" 2>/dev/null | sed 's/^/r/'
      printf '%s\n' "$imp_lists"
    } | awk -v ids=" $imp_ids " '/^rID / { readonly[$2] = 1 }
      /^bID / && index(ids, " " $2 " ") && match($0, / uuid [^ ]* path /) {
        print $2, $17, $6, ($2 in readonly ? "readonly" : "writable"), substr($0, RSTART + RLENGTH) }'
    return
  fi
  # Each by itself, which takes long: a name could make up lines. In what is said of one it makes two of a line, and another state.
  for imp_id in $imp_ids; do
    btrfs subvolume show -r "$imp_id" "/tmp/$imp_index" 2>/dev/null | awk 'NR == 1 { path = $0 }
      /^\tSubvolume ID:/ { id = id $3 } /^\tUUID:/ { uuid = uuid $2 } /^\tGen at creation:/ { made = made $4 }
      /^\tFlags:/ { flag = flag (/readonly/ ? "readonly" : "writable") } END { if (NR > 0) print id, uuid, made, flag, path }'
  done
}

# keep UUID OUTERMOST REASON DETAIL: leaves a subvolume, and what it is inside of.
keep() {
  imp_kept="$imp_kept$2 "
  record kept "$1" "$3" "$4"
}

# delete ID UUID MADE FLAG OUTERMOST: if it is still what it was, and nothing uses it.
delete() {
  case $imp_kept in *" $imp_index.$5 "*) keep "$2" "$imp_index.$5" inside "" && return ;; esac
  case $imp_states in
    *"
$1 $2 $3 $4 "*) ;;
    *"
$1 "*) keep "$2" "$imp_index.$5" changed "" && return ;;
    *) keep "$2" "$imp_index.$5" gone "" && return ;;
  esac
  case $imp_mounted in
    *"
$imp_superblock $1
"*) keep "$2" "$imp_index.$5" mounted "" && return ;;
    *"
$imp_superblock 5
"*) ;;
    # The toplevel is mounted here: where not even that is seen, nothing is known of what is in use.
    *) keep "$2" "$imp_index.$5" failed "what is mounted is not shown" && return ;;
  esac
  if imp_error=$(btrfs subvolume delete -i "$1" "/tmp/$imp_index" 2>&1); then
    imp_path=${imp_states#*"
$1 $2 $3 $4 "}
    imp_deleted="$imp_deleted
$1 $2 $imp_index.$5 ${imp_path%%
*}"
  else
    keep "$2" "$imp_index.$5" failed "$imp_error"
  fi
}

# committed: says what is deleted once it is so on the disk.
committed() {
  [ -n "$imp_deleted" ] || return
  imp_error=$(btrfs filesystem sync "/tmp/$imp_index" 2>&1)
  imp_status=$?
  imp_audit=
  while read -r imp_id imp_uuid imp_outermost imp_path; do
    if [ "$imp_status" = 0 ]; then
      record deleted "$imp_id" "$imp_uuid"
      imp_audit="$imp_audit
verb=gc uuid=$imp_uuid path=$imp_path"
    else
      keep "$imp_uuid" "$imp_outermost" failed "$imp_error"
    fi
  done <<END
${imp_deleted#?}
END
  if [ -n "$imp_audit" ]; then audit_each "${imp_audit#?}"; fi
}

imp_kept=' '
while [ "$#" -gt 2 ]; do
  imp_index=$1 imp_ids=$2 imp_deleted=
  shift 2
  # Looked at anew for each batch, which is small: something may be mounted while others are deleted.
  imp_superblock=$(superblock "$imp_index")
  imp_mounted="
$(mounted_anywhere)
"
  imp_states="
$(states)
"
  for imp_id in $imp_ids; do
    delete "$imp_id" "$1" "$2" "$3" "$4"
    shift 4
  done
  committed
done
