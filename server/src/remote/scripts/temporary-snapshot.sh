# shellcheck shell=sh disable=SC2034,SC2154
# Read-only snapshots that are gone when the script ends. They lie in a folder of the toplevel, which is mounted at
# /tmp/top: inside the root they would stop the next wipe. What a crash leaves is removed by the next run.
imp_place=/tmp/top/.impermanence-tmp
imp_made=0
imp_sender=
started $$
imp_self=$imp_boot-$$-$imp_started

# sweep: deletes temporary snapshots whose maker is not running any more, and says how many, and how many it could not.
sweep() {
  [ -d "$imp_place" ] || return 0
  imp_gone=0 imp_stays=0
  for imp_left in "$imp_place"/*; do
    imp_owner=${imp_left##*/}
    imp_rest=${imp_owner#"$imp_boot"-}
    imp_rest=${imp_rest%.*}
    imp_pid=${imp_rest%%-*}
    case $imp_owner in
      "$imp_boot"-[0-9]*-[0-9]*.[0-9]*)
        case $imp_pid in *[!0-9]*) continue ;; esac
        started "$imp_pid"
        [ "$imp_started" = "${imp_rest#*-}" ] && continue
        ;;
      ????????-????-????-????-????????????-[0-9]*-[0-9]*.[0-9]*) ;;
      *) continue ;;
    esac
    if imp_said=$(btrfs subvolume delete -- "$imp_left" 2>&1); then
      imp_gone=$((imp_gone + 1))
    else
      # Another client may have been sooner.
      [ ! -d "$imp_left" ] || imp_stays=$((imp_stays + 1)) imp_why=$imp_said
    fi
  done
  [ "$imp_gone$imp_stays" = 00 ] || record swept "$imp_gone" "$imp_stays" "${imp_why-}"
  rmdir -- "$imp_place" 2>/dev/null
}

# drop: deletes the snapshots that this script made. That cannot be as long as one is sent, by $imp_sender.
drop() {
  [ "$imp_made" -gt 0 ] || return 0
  if [ -n "$imp_sender" ]; then
    kill "$imp_sender" 2>/dev/null
    wait "$imp_sender"
    imp_sender=
  fi
  while [ "$imp_made" -gt 0 ]; do
    btrfs subvolume delete -- "$imp_place/$imp_self.$imp_made" >/dev/null 2>&1
    imp_made=$((imp_made - 1))
  done
  rmdir -- "$imp_place" 2>/dev/null
}

# leave: at the end of the script, however it ends.
leave() {
  drop
  kill -KILL "$imp_watch" 2>/dev/null
}
trap leave EXIT

# snapshot SUBVOLUME: sets $imp_snapshot to a read-only snapshot of it. When there can be none, $imp_said is why.
snapshot() {
  [ -d "$imp_place" ] || imp_said=$(mkdir -m 700 -- "$imp_place" 2>&1) || return 1
  imp_made=$((imp_made + 1))
  imp_snapshot=$imp_place/$imp_self.$imp_made
  imp_said=$(btrfs subvolume snapshot -r -- "$1" "$imp_snapshot" 2>&1)
}
