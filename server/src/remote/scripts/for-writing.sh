# shellcheck shell=sh disable=SC2034
# Before toplevels.sh: what follows changes something in the filesystems.
imp_writes=yes
