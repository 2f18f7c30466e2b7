# shellcheck shell=sh disable=SC2154
# Brings an interrupted rollback, undo or discard to its end. Runs after words.sh, exchange.sh and rollback-state.sh.
# Everything here can itself be interrupted, and be run again.

# flush_rollback: what is written down, and where the two subvolumes are, is on the disk afterwards: a subvolume that was renamed
# makes btrfs write the whole transaction for that. What others write is not waited for, which can take seconds.
flush_rollback() { sync -- "$imp_dir"/* "$imp_dir" "${imp_live%/*}" 2>/dev/null || flush "$imp_dir"; }

# set_phase PHASE: for good once it returns.
set_phase() {
  keep "$imp_dir/phase-new" "$1"
  mv -T -- "$imp_dir/phase-new" "$imp_dir/phase"
  flush_rollback
}

# host_mounts COMMAND...: with the mounts of the host instead of ours.
host_mounts() { nsenter -t 1 -m -- "$@"; }

# mounted_id WORD: the subvolume that one sees at a mount point, written as in mountinfo; nothing where it is no btrfs.
mounted_id() {
  imp_word=$1 awk '$5 == ENVIRON["imp_word"] { id = ""
      for (i = 7; i < NF; i++) if ($i == "-") break
      if ($(i + 1) == "btrfs" && match($NF, /subvolid=[0-9]+/)) id = substr($NF, RSTART + 9, RLENGTH - 9) }
    END { print id }' /proc/1/mountinfo
}

# is_mount_point WORD: of the host, whatever is mounted there.
is_mount_point() { imp_word=$1 awk '$5 == ENVIRON["imp_word"] { found = 1 } END { exit !found }' /proc/1/mountinfo; }

# plain WORD: a word of mountinfo as it is, in $imp_value.
plain() {
  imp_value=$(printf '%b' "$(printf '%s' "$1" | sed 's/\\\([0-7][0-7][0-7]\)/\\0\1/g')"; printf x)
  imp_value=${imp_value%x}
}

# swap: exchanges what is at the path with `other`.
swap() {
  if [ "$imp_exchanger" != none ] && exchange "$imp_live" "$imp_dir/other"; then return 0; fi
  # Without an exchange there is a moment without either; finish_swap sees that by `swap`.
  mv -nT -- "$imp_live" "$imp_dir/swap"
  flush_rollback
  finish_swap
}

# finish_swap: the rest of an exchange by renaming, where one was begun.
finish_swap() {
  if ! there "$imp_dir/swap"; then return 0; fi
  if ! there "$imp_live"; then
    : >"$imp_dir/missed"
    flush_rollback
    mv -nT -- "$imp_dir/other" "$imp_live"
  fi
  if ! there "$imp_dir/other"; then mv -nT -- "$imp_dir/swap" "$imp_dir/other"; fi
  flush_rollback
}

# device: where the filesystem is now. A boot can give a disk another name, and its name to another disk.
device() {
  awk -v top="$imp_top" '$5 == top { for (i = 7; i < NF; i++) if ($i == "-") print $(i + 2) }' /proc/self/mountinfo | tail -n 1
}

# put_back: mounts and units as they were, of what is at the path now. After a reboot the boot has done that, unless there was
# nothing at the path then.
put_back() {
  imp_rebooted=no
  if [ "$(cat "$imp_dir/boot" 2>/dev/null)" != "$imp_boot_id" ]; then
    if [ ! -e "$imp_dir/missed" ]; then return 0; fi
    imp_rebooted=yes
  fi
  imp_id=$(id_at "$imp_live")
  imp_device=$(device)
  while read -r imp_point imp_flags; do
    plain "$imp_point"
    imp_plain=$imp_value
    imp_now=$(mounted_id "$imp_point")
    if [ "$imp_now" = "$imp_id" ]; then continue; fi
    # What a boot put there instead is none of ours.
    if [ "$imp_rebooted" = yes ] && is_mount_point "$imp_point"; then continue; fi
    if [ -n "$imp_now" ] && ! host_mounts umount -- "$imp_plain" 2>/dev/null; then
      record pending "$imp_plain"
      continue
    fi
    imp_error=$(host_mounts mount -t btrfs -o "$imp_flags,subvolid=$imp_id" -- "$imp_device" "$imp_plain" 2>&1) ||
      record mount-failed "$imp_error" "$imp_plain"
  done <"$imp_dir/mounts"
  while read -r imp_unit; do
    imp_error=$(systemctl start -- "$imp_unit" 2>&1 </dev/null) || record unit-failed "$imp_unit" "$imp_error"
  done <"$imp_dir/units"
  return 0
}

# delete_own NAME UUID: deletes a subvolume of the folder when it is the one that it should be.
delete_own() {
  if [ ! -e "$imp_dir/$1" ]; then return 0; fi
  if [ -n "$2" ] && [ "$(uuid_at "$imp_dir/$1")" != "$2" ]; then return 1; fi
  btrfs subvolume delete -c "$imp_dir/$1" >/dev/null
}

# forget: removes the folder, whose subvolumes are gone.
forget() {
  if [ -e "$imp_dir/other" ] || [ -e "$imp_dir/before" ] || [ -e "$imp_dir/swap" ]; then return 1; fi
  # Last what says how far it is.
  for imp_file in boot mounts units missed want completed source when by new old path phase-new phase-done phase; do
    rm -f -- "$imp_dir/$imp_file"
  done
  rmdir -- "$imp_dir"
  rmdir -- "$imp_top/$imp_rollbacks" 2>/dev/null
  flush "$imp_top"
}

# settle INDEX FOLDER
settle() {
  open_rollback "$1" "$2"
  imp_phase=$(cat "$imp_dir/phase" 2>/dev/null)
  case $imp_phase in
    done) return 0 ;;
    exchange)
      finish_swap
      imp_is=$(where_it_is)
      put_back
      if [ "$imp_is" = old ] && [ ! -e "$imp_dir/completed" ]; then
        set_phase prepare
      else
        : >"$imp_dir/completed"
        set_phase "done"
        record settled "${imp_dir##*/}" finished "$imp_path"
        return 0
      fi
      ;;
    discard)
      record settled "${imp_dir##*/}" discarded "$imp_path"
      delete_own other "" && delete_own before "" && forget
      return
      ;;
  esac
  # Nothing was exchanged: what is here are copies.
  if [ -e "$imp_dir/swap" ]; then return 1; fi
  if [ -s "$imp_dir/old" ] && [ "$(uuid_at "$imp_dir/other")" = "$(cat "$imp_dir/old")" ]; then return 1; fi
  record settled "${imp_dir##*/}" dropped "$imp_path"
  delete_own other "$(cat "$imp_dir/new" 2>/dev/null)" && delete_own before "" && forget
}

# settle_all: every filesystem.
settle_all() {
  imp_index=0
  while [ "$imp_index" -lt "$imp_filesystems" ]; do
    for imp_found in "/tmp/$imp_index/$imp_rollbacks"/*; do
      if is_rollback "$imp_found"; then settle "$imp_index" "$imp_found"; fi
    done
    rmdir -- "/tmp/$imp_index/$imp_rollbacks" 2>/dev/null
    imp_index=$((imp_index + 1))
  done
}
