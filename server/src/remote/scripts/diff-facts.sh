# shellcheck shell=sh disable=SC2154
# What a comparison needs to know of a host. Changes nothing: an empty /tmp and in it the toplevel of the root's filesystem, at
# /tmp/top, are mounted in a mount namespace that ends with this process. Runs after walk.sh.

# has_said STATUS FILE: a program that has ended with that, after it wrote this.
has_said() {
  cat "$2"
  return "$1"
}

# Mounts, users and groups, each line with a letter in front; and in a last line how to mount the toplevel of which device:
# mounting for writing would make the whole filesystem writable that somebody, or an error, has made read-only.
imp_second=
if [ "$imp_space" = private ]; then
  # Side by side, here and below: the start of a program takes longer than its work.
  empty_tmp 2>/dev/null &
  imp_second=$!
fi
imp_files=/proc/self/mountinfo
for imp_file in /etc/passwd /etc/group; do
  if [ -r "$imp_file" ]; then imp_files="$imp_files $imp_file"; fi
done
# shellcheck disable=SC2086 # words
imp_known=$(awk 'FILENAME == "/proc/self/mountinfo" { print "m" $0
    for (i = 7; i < NF; i++) if ($i == "-") { if ($(i + 3) ~ /^rw(,|$)/) rw[$(i + 2)] = 1
      if ($5 == "/") { type = $(i + 1); device = $(i + 2) } }
    next }
  { print (FILENAME == "/etc/group" ? "g" : "u") $0 }
  END { if (type != "btrfs") device = ""; print (device in rw ? "noatime" : "ro") " " device }' $imp_files)
imp_device=${imp_known##*
}
record known "${imp_known%
*}"
imp_access=${imp_device%% *}
imp_device=${imp_device#* }
# Where that went wrong it is said.
[ -z "$imp_second" ] || wait "$imp_second" || private_folder
if has btrfs; then
  record btrfs yes
  if [ -n "$imp_device" ] && [ "$imp_space" = private ]; then
    if imp_said=$(mount -n -t btrfs -o "subvolid=5,$imp_access" -- "$imp_device" /tmp/top 2>&1); then
      btrfs subvolume list -r /tmp/top >/tmp/readonly 2>/dev/null &
      imp_second=$!
      output subvolumes btrfs subvolume list -pcguqR /tmp/top
      wait "$imp_second"
      output readonly has_said "$?" /tmp/readonly
    else
      record no-toplevel "the toplevel of $imp_device cannot be mounted ($(printf %s "$imp_said" | head -n 1))"
    fi
  fi
else
  record btrfs no
fi
