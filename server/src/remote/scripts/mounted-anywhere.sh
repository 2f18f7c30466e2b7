# shellcheck shell=sh
# superblock INDEX: the number of a filesystem in the mounts of every process. Ids of subvolumes are those of one filesystem.
superblock() { awk -v at="/tmp/$1" '$5 == at { found = $3 } END { print found }' /proc/self/mountinfo; }

# mounted_anywhere: number of the filesystem and subvolume id of each btrfs mount that any process sees, containers' and
# services' included. The name of the subvolume comes last, and may look like more options.
mounted_anywhere() {
  cat /proc/[0-9]*/mountinfo 2>/dev/null | awk '{ for (i = 7; i < NF; i++) if ($i == "-") break
      if ($(i + 1) != "btrfs" || !match($(i + 3), /subvolid=[0-9]+/)) next
      line = $3 " " substr($(i + 3), RSTART + 9, RLENGTH - 9)
      if (!seen[line]++) print line }'
}

# is_mounted INDEX ID: by any process.
is_mounted() { mounted_anywhere | grep -qxF -- "$(superblock "$1") $2"; }
