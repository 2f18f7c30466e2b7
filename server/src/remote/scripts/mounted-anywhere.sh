# shellcheck shell=sh
# mounted_anywhere: device and subvolume id of each btrfs mount that any process sees, containers' and services' included.
mounted_anywhere() {
  cat /proc/[0-9]*/mountinfo 2>/dev/null | awk '{ for (i = 7; i < NF; i++) if ($i == "-" && $(i + 1) == "btrfs") {
      n = split($(i + 3), options, ",")
      for (j = 1; j <= n; j++) if (options[j] ~ /^subvolid=/) line = $(i + 2) " " substr(options[j], 10)
      if (!seen[line]++) print line
    } }'
}
