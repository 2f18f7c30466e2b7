#!/bin/sh
# Sets how new files in directories are compressed. It takes
#   DIRECTORIES  one "kind path" a line: zstd, lzo, zlib or none
# A directory that is not there yet gets it at the next boot. One that fails does not keep the others from theirs.
set +e -u

: "${DIRECTORIES:?}"
failures=0
while read -r kind path; do
  if ! [ -d "$path" ]; then
    echo "server-impermanence: $path is not there yet."
  elif ! btrfs property set "$path" compression "$kind"; then
    echo "server-impermanence: $path could not be set to $kind."
    failures=1
  fi
done << END
$DIRECTORIES
END
exit "$failures"
