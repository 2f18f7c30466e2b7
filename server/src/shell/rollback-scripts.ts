/** Rollback and snapshot scripts in the idioms found on real hosts, written for the tests of this folder. */
export const ROLLBACK_SCRIPTS = {
  /** Move the old root aside, delete old ones recursively, create a fresh one. */
  moveAside: `
mkdir /btrfs_tmp
mount /dev/mapper/crypted /btrfs_tmp
if [[ -e /btrfs_tmp/root ]]; then
    mkdir -p /btrfs_tmp/old_roots
    stamp=$(date --date="@$(stat -c %Y /btrfs_tmp/root)" "+%Y-%m-%-d_%H:%M:%S")
    mv /btrfs_tmp/root "/btrfs_tmp/old_roots/$stamp"
fi

remove_tree() {
    IFS=$'\\n'
    for child in $(btrfs subvolume list -o "$1" | cut -f 9- -d ' '); do
        remove_tree "/btrfs_tmp/$child"
    done
    btrfs subvolume delete "$1"
}

for old in $(find /btrfs_tmp/old_roots/ -maxdepth 1 -mtime +30); do
    remove_tree "$old"
done

btrfs subvolume create /btrfs_tmp/root
umount /btrfs_tmp
`,
  /** The same with variables for everything and the top level mounted by its id. */
  moveAsideVariables: `
set -euo pipefail
TOP=/mnt/top
DEVICE="/dev/disk/by-partlabel/disk-main-root"
KEEP=old_roots
mkdir -p "$TOP"
mount -t btrfs -o subvolid=5,noatime "$DEVICE" "$TOP"
NOW=$(date +%Y%m%dT%H%M%S)
if [ -e "$TOP/@root" ]; then
  mkdir -p "\${TOP}/$KEEP"
  mv "$TOP/@root" "\${TOP}/$KEEP/$NOW"
fi
btrfs subvolume create "$TOP/@root"
umount "$TOP"
`,
  /** A blank snapshot takes the place of the root. */
  blank: `
mkdir -p /mnt
mount -o subvol=/ /dev/disk/by-label/nixos /mnt
btrfs subvolume list -o /mnt/root | cut -f9 -d' ' | while read subvolume; do
  echo "deleting /$subvolume subvolume..."
  btrfs subvolume delete "/mnt/$subvolume"
done &&
echo "deleting /root subvolume..." &&
btrfs subvolume delete /mnt/root
echo "restoring blank /root subvolume..."
btrfs subvolume snapshot /mnt/root-blank /mnt/root
umount /mnt
`,
  /** The blank snapshot, short, in a subshell with a temporary mount point. */
  blankTemporary: `
MNTPOINT=$(mktemp -d)
(
  mount -t btrfs -o subvol=/ /dev/vda2 "$MNTPOINT"
  trap 'umount "$MNTPOINT"' EXIT
  echo "Cleaning the root"
  btrfs subvolume delete -R "$MNTPOINT/root"
  btrfs subvolume snapshot "$MNTPOINT/root-blank" "$MNTPOINT/root"
)
`,
  /** Snapshot first, then delete, and a trap that makes sure there is a root in the end. */
  snapshotThenDelete: `
set -eu
mnt=/btrfs_tmp
archive="$mnt/old_roots"
cleanup() {
  if [ ! -e "$mnt/@root" ]; then
    btrfs subvolume create "$mnt/@root"
  fi
  umount "$mnt" || true
}
mkdir -p "$mnt"
mount -o subvolid=5 /dev/sda2 "$mnt"
trap cleanup EXIT
mkdir -p "$archive"
btrfs subvolume snapshot -r "$mnt/@root" "$archive/$(date +%Y-%m-%d_%H-%M-%S)"
btrfs subvolume delete "$mnt/@root"
btrfs subvolume create "$mnt/@root"
`,
  /** Everything checked, names compared instead of times. */
  guarded: `
set -eu
m=/mnt
dev=/dev/disk/by-label/system
for try in 1 2 3 4 5 6 7 8 9 10; do
  [ -b "$dev" ] && break
  sleep 1
done
mount -o subvolid=5 "$dev" "$m"
if [ -e "$m/root" ] && btrfs subvolume show "$m/root" >/dev/null; then
  mkdir -p "$m/old_roots"
  mv "$m/root" "$m/old_roots/$(date +%Y%m%dT%H%M%S)"
fi
for i in "$m"/old_roots/*; do # a glob never yields old_roots itself
  btrfs subvolume show "$i" >/dev/null 2>&1 || continue
  [ "\${i##*/}" \\< "$(date -d '30 days ago' +%Y%m%dT%H%M%S)" ] && btrfs subvolume delete -R "$i"
done
if [ -e "$m/root-blank" ]; then
  btrfs subvolume snapshot "$m/root-blank" "$m/root"
else
  btrfs subvolume create "$m/root"
fi
umount "$m"
`,
  zfs: `zfs rollback -r rpool/local/root@blank && echo "rollback complete"\n`,
  zfsPath: `
/run/current-system/sw/bin/zpool import -N rpool || true
/run/current-system/sw/bin/zfs rollback -r "rpool/local/root@blank"
`,
  bcachefs: `
set -e
mkdir -p /bcachefs_tmp
mount -t bcachefs /dev/nvme0n1p2:/dev/nvme1n1p2 /bcachefs_tmp
cleanup() {
  if [[ ! -e /bcachefs_tmp/@root ]]; then
    bcachefs subvolume create /bcachefs_tmp/@root
  fi
  umount /bcachefs_tmp
}
trap cleanup EXIT
if [[ -e /bcachefs_tmp/@root ]]; then
  mkdir -p /bcachefs_tmp/@snapshots/old_roots
  timestamp=$(date "+%Y-%m-%d_%H-%M-%S")
  bcachefs subvolume snapshot /bcachefs_tmp/@root "/bcachefs_tmp/@snapshots/old_roots/$timestamp"
  bcachefs subvolume delete /bcachefs_tmp/@root
fi
bcachefs subvolume create /bcachefs_tmp/@root
`,
  /** Several subvolumes in a loop. */
  loop: `
mkdir -p /mnt
mount -o subvolid=5 /dev/sda1 /mnt
for sv in @root @home; do
  btrfs subvolume delete "/mnt/$sv"
  btrfs subvolume snapshot "/mnt/blank/$sv" "/mnt/$sv"
done
umount /mnt
`,
  /** No rollback: a job that takes and removes snapshots. */
  snapshotJob: `
SNAPSHOT_DIR="/.snapshots"
TIMESTAMP=$(date +%Y%m%d-%H%M%S)
mkdir -p "$SNAPSHOT_DIR"
btrfs subvolume snapshot -r / "$SNAPSHOT_DIR/root-$TIMESTAMP"
btrfs subvolume snapshot -r /persist "$SNAPSHOT_DIR/persist-$TIMESTAMP"
find "$SNAPSHOT_DIR" -name "root-*" -mtime +30d -exec btrfs subvolume delete {} \\; 2>/dev/null || true
`,
} as const;
