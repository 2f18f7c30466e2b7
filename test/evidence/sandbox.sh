# Read by bash in front of every script of sandbox.ts. Everything below /mnt is in memory and of this script alone.
set -eu -o pipefail
export LC_ALL=C TZ=UTC

# Says why nothing can be shown on this machine. The number is one that no command here ends with.
cannot_show() {
  printf '%s\n' "$*" >&2
  exit 99
}

# fact NAME VALUE…: hands a value to the test.
fact() {
  printf '%s\0%s\0' "$1" "${*:2}" >&3
}

# attempt NAME COMMAND…: hands over how a command ended (NAME) and all it printed (NAME said).
attempt() {
  local name=$1 code=0 text
  shift
  text=$("$@" 2>&1) || code=$?
  fact "$name" "$code"
  fact "$name said" "$text"
}

# make_btrfs [SUBVOLUME…]: a new filesystem with these subvolumes, not mounted afterwards.
make_btrfs() {
  local name
  truncate --size=512M "$IMAGE"
  mkfs.btrfs --quiet "$IMAGE" > /dev/null 2>&1 || cannot_show "mkfs.btrfs fails."
  mkdir -p making
  mount --types btrfs --options loop "$IMAGE" making || cannot_show "btrfs images cannot be mounted."
  for name in "$@"; do btrfs subvolume create "making/$name" > /dev/null; done
  umount making
}

# first_mount OPTIONS DIRECTORY: mounts the filesystem; later mounts use $DEVICE. The kernel gives the loop device back
# with the last mount, and ends mounts with the namespace.
first_mount() {
  mkdir -p "$2"
  mount --types btrfs --options "loop,$1" "$IMAGE" "$2"
  DEVICE=$(findmnt --noheadings --output SOURCE --nofsroot --mountpoint "$2")
}

# next_mount OPTIONS DIRECTORY
next_mount() {
  mkdir -p "$2"
  mount --types btrfs --options "$1" "$DEVICE" "$2"
}

# The options in force on a mount, and the attributes of a file or directory without its name.
options_of() { findmnt --noheadings --output OPTIONS --mountpoint "$1"; }
attributes_of() { lsattr -d "$1" | cut --delimiter=' ' --fields=1; }

# The paths of all subvolumes of a mounted filesystem, in one line.
subvolumes_of() { btrfs subvolume list "$1" | sed 's/.* path //' | sort | paste --serial --delimiters=' '; }

# In how many pieces a file is stored.
extents_of() { filefrag "$1" | sed 's/.*: \([0-9]*\) extents\{0,1\} found/\1/'; }

mount -t tmpfs -o mode=755 evidence /mnt || cannot_show "Filesystems cannot be mounted."
mount -t tmpfs -o mode=755 evidence /run || cannot_show "Filesystems cannot be mounted."
cd /mnt
fact ready yes
