# shellcheck shell=sh disable=SC2154
# Puts paths of a snapshot onto the host. Runs after lock.sh, words.sh, exchange.sh and restore-places.sh, which found the
# items. $imp_request names this run, $imp_overwrite is yes or no.
# All is copied before anything is touched, into a folder at the top of each mount: /MOUNT/$imp_stage_mark-REQUEST/files.
# What exists is exchanged with its copy, which waits for that beside it, under the name that the old one shall keep. The
# files `target`, `beside` and `inode` in the folder tell whoever comes next how far that went.
imp_stage_mark=.nix-impermanence-restore

# sweep_stage FOLDER: brings a run that was interrupted to an end. Everything is old or new afterwards.
sweep_stage() {
  # In a folder of somebody else it may be exchanged at any moment: what is read is what was checked.
  if [ -L "$1" ] || ! command exec 7<"$1"; then return; fi 2>/dev/null
  imp_stage_of=/proc/$$/fd/7
  if [ "$(stat -c '%u %a' -- "$imp_stage_of/." 2>/dev/null)" != "0 700" ]; then return; fi
  if [ -f "$imp_stage_of/inode" ]; then
    kept "$imp_stage_of/target"
    imp_left=$imp_value
    kept "$imp_stage_of/beside"
    if there "$imp_value"; then
      if [ "$(stat -c %i -- "$imp_value" 2>/dev/null)" = "$(cat "$imp_stage_of/inode")" ]; then
        # The copy still waits: nothing was exchanged.
        rm -rf -- "$imp_value"
      elif ! there "$imp_left"; then
        # Without an exchange, the old one was moved away first.
        mv -nT -- "$imp_value" "$imp_left"
      fi
    fi
    flush "$1"
  fi
  exec 7<&-
  rm -rf -- "$1"
}

# sweep: every mount of a kind that does not block.
sweep() {
  awk '{ for (i = 7; i < NF; i++) if ($i == "-") { if ($(i + 1) ~ /^(btrfs|ext[234]|xfs|f2fs|bcachefs|zfs|tmpfs|overlay)$/) print $5; break } }' \
    /proc/self/mountinfo | sort -u | sed 's/\\\([0-7][0-7][0-7]\)/\\0\1/g' >/tmp/mounted
  while read -r imp_word; do
    imp_mounted=$(printf '%b' "$imp_word"; printf x)
    imp_mounted=${imp_mounted%x}
    for imp_found in "${imp_mounted%/}/$imp_stage_mark"-*; do
      if [ -d "$imp_found" ]; then sweep_stage "$imp_found"; fi
    done
  done </tmp/mounted
}

clean() {
  kill -KILL "$imp_watch" 2>/dev/null
  exec 5<&- 6<&-
  sweep
}

try() {
  imp_error=$("$@" 2>&1) || refuse failed "$imp_error"
}

# wanted ITEM: whether it is to be put there.
wanted() {
  case $(cat "/tmp/items/$1/state") in
    free) true ;;
    same | newer | differs) [ "$imp_overwrite" = yes ] ;;
    *) false ;;
  esac
}

# place ITEM: sets $imp_target and $imp_rel to what has to be moved for it: the item, or the folder around it that the
# host does not have. Fails when that would be the snapshot itself.
place() {
  kept "/tmp/items/$1/rel"
  imp_rel=$imp_value
  kept "/tmp/items/$1/target"
  imp_target=$imp_value
  while :; do
    above "$imp_target"
    imp_parent=$imp_value
    if [ -d "$imp_parent" ]; then return 0; fi
    above "$imp_rel"
    imp_rel=$imp_value
    imp_target=$imp_parent
    if [ -z "$imp_rel" ]; then return 1; fi
  done
}

# stage_of ITEM: the folder for the mount that it goes to.
stage_of() {
  imp_stage_item=$1
  place "$1" || refuse no-parent "$imp_target"
  mount_of "$imp_parent"
  imp_stage=${imp_value%/}/$imp_stage_mark-$imp_request
  keep "/tmp/items/$imp_stage_item/stage" "$imp_stage"
}

# copy_stage STAGE: copies what goes there, in one run, so that hard links among it stay.
copy_stage() {
  imp_stage=$1
  set --
  imp_item=0
  while [ "$imp_item" -lt "$imp_items" ]; do
    imp_item=$((imp_item + 1))
    if [ ! -f "/tmp/items/$imp_item/stage" ]; then continue; fi
    kept "/tmp/items/$imp_item/stage"
    if [ "$imp_value" != "$imp_stage" ]; then continue; fi
    kept "/tmp/items/$imp_item/rel"
    set -- "$@" "./$imp_value"
  done
  try mkdir -m 700 -- "$imp_stage"
  try mkdir -- "$imp_stage/files"
  try copy "$@"
  flush "$imp_stage"
}

copy() { cd -P -- "$imp_snapshot" && cp -a --reflink=auto --parents -- "$@" "$imp_stage/files/"; }

# put ITEM: moves it into its place.
put() {
  kept "/tmp/items/$1/stage"
  imp_stage=$imp_value
  place "$1" || return 1
  if ! there "$imp_stage/files/$imp_rel"; then
    # It came with a folder around it.
    record restored "$1" ""
    return
  fi
  # From here on names are looked up in the very folders that were checked, whatever is renamed meanwhile.
  exec 5<"$imp_stage" 6<"$imp_parent" || return 1
  value_of readlink -- "/proc/$$/fd/6"
  if [ "$imp_value" != "$imp_parent" ]; then return 1; fi
  imp_new=/proc/$$/fd/5/files/$imp_rel
  imp_name=${imp_target##*/}
  imp_old=/proc/$$/fd/6/$imp_name
  if ! there "$imp_old"; then
    mv -nT -- "$imp_new" "$imp_old"
    if there "$imp_new"; then return 1; fi
    record restored "$1" ""
    return
  fi
  if [ "$(cat "/tmp/items/$1/state")" = free ]; then
    # An empty folder: the kernel refuses when it is not empty any more.
    mv -T -- "$imp_new" "$imp_old" || return 1
    record restored "$1" ""
    return
  fi
  if [ "$imp_overwrite" != yes ]; then return 1; fi
  imp_beside=$imp_name.before-restore-$imp_stamp
  imp_try=0
  while there "/proc/$$/fd/6/$imp_beside"; do
    imp_try=$((imp_try + 1))
    imp_beside=$imp_name.before-restore-$imp_stamp.$imp_try
  done
  keep "$imp_stage/target" "$imp_target"
  keep "$imp_stage/beside" "${imp_parent%/}/$imp_beside"
  stat -c %i -- "$imp_new" >"$imp_stage/inode-new" || return 1
  mv -T -- "$imp_stage/inode-new" "$imp_stage/inode"
  flush "$imp_stage"
  imp_beside=/proc/$$/fd/6/$imp_beside
  if [ "$imp_exchanger" != none ]; then
    mv -nT -- "$imp_new" "$imp_beside"
    if there "$imp_new"; then return 1; fi
    exchange "$imp_beside" "$imp_old" || { mv -nT -- "$imp_beside" "$imp_new" && imp_exchanger=none; }
  fi
  if [ "$imp_exchanger" = none ]; then
    mv -nT -- "$imp_old" "$imp_beside"
    flush "$imp_stage"
    mv -nT -- "$imp_new" "$imp_old"
    if there "$imp_new"; then return 1; fi
  fi
  flush "$imp_stage"
  rm -f -- "$imp_stage/inode"
  record restored "$1" "${imp_parent%/}/${imp_beside##*/}"
}

trap clean EXIT
sweep
exchanger
imp_stamp=$(date +%Y%m%d-%H%M%S)
imp_item=0
imp_stages=0
mkdir /tmp/stages
while [ "$imp_item" -lt "$imp_items" ]; do
  imp_item=$((imp_item + 1))
  if ! wanted "$imp_item"; then continue; fi
  stage_of "$imp_item"
  imp_number=1
  while [ "$imp_number" -le "$imp_stages" ]; do
    kept "/tmp/stages/$imp_number"
    if [ "$imp_value" = "$imp_stage" ]; then break; fi
    imp_number=$((imp_number + 1))
  done
  if [ "$imp_number" -gt "$imp_stages" ]; then
    imp_stages=$imp_number
    keep "/tmp/stages/$imp_stages" "$imp_stage"
  fi
done
imp_number=0
while [ "$imp_number" -lt "$imp_stages" ]; do
  imp_number=$((imp_number + 1))
  kept "/tmp/stages/$imp_number"
  copy_stage "$imp_value"
done
record copied "$imp_stages"
imp_item=0
imp_put=0
while [ "$imp_item" -lt "$imp_items" ]; do
  imp_item=$((imp_item + 1))
  if [ ! -f "/tmp/items/$imp_item/stage" ]; then continue; fi
  if put "$imp_item" 2>/tmp/error; then
    imp_put=$((imp_put + 1))
  else
    record failed "$imp_item" "$(tail -c 500 /tmp/error)"
  fi
done
imp_number=0
while [ "$imp_number" -lt "$imp_stages" ]; do
  imp_number=$((imp_number + 1))
  kept "/tmp/stages/$imp_number"
  flush "$imp_value"
done
audit "verb=restore request=$imp_request snapshot=$imp_uuid paths=$imp_put"
