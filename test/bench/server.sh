# Read by server.mjs: what the modules for servers take, on a btrfs image in a folder on a real disk. Prints one
# "name value" a line. Arguments: the folder of the scripts, a folder to work in, seconds of each fio run, rounds.
set -eu -o pipefail
export LC_ALL=C TZ=UTC
SCRIPTS=$1 WORK=$2 SECONDS_OF_FIO=$3 ROUNDS=$4
mount -t tmpfs -o mode=755 bench /run
truncate --size=6G "$WORK/image"
mkfs.btrfs --quiet "$WORK/image"
mkdir -p "$WORK"/{top,persist,snapshots}
mount -o loop,noatime,compress=zstd:1 "$WORK/image" "$WORK/top"
DEVICE=$(findmnt --noheadings --output SOURCE --nofsroot --mountpoint "$WORK/top")
for name in root persist snapshots; do btrfs subvolume create "$WORK/top/$name" > /dev/null; done
mount -o noatime,subvol=persist "$DEVICE" "$WORK/persist"
mount -o noatime,subvol=snapshots "$DEVICE" "$WORK/snapshots"
export DEVICE ROOT=root ARCHIVE=old_roots STATE=/run/boot CMDLINE=$WORK/cmdline
export SOURCES="persist $WORK/persist" TARGET=$WORK/snapshots MIN_FREE=1
echo quiet > "$CMDLINE"

milliseconds() {
  local start
  start=$(date +%s%N)
  "$@" > /dev/null
  echo "$((($(date +%s%N) - start) / 1000000))"
}

# 20,000 files of a server's state, 400 MB that do not compress.
python3 - "$WORK/persist" << 'END'
import os, sys
for n in range(20000):
    folder = "%s/%d" % (sys.argv[1], n % 200)
    os.makedirs(folder, exist_ok=True)
    with open("%s/%d" % (folder, n), "wb") as file: file.write(os.urandom(20000))
END
sync -f "$WORK/persist"
data=$(du --summarize --block-size=1 "$WORK/persist" | cut -f 1)
echo "data $data"

for round in $(seq "$ROUNDS"); do
  echo "snapshot $(milliseconds env NOW=$((1800000000 + round)) sh -e "$SCRIPTS/snapshot.sh")"
done
for round in $(seq "$ROUNDS"); do
  mkdir -p "$WORK/top/root/etc"
  cp -r "$WORK/persist/$round" "$WORK/top/root/etc/litter"
  echo "wipe $(milliseconds sh -e "$SCRIPTS/wipe-root.sh")"
done
# The recovery of docs/server.md: all of /persist is put back to a snapshot.
put_back() {
  newest=$(find "$WORK/top/snapshots" -maxdepth 1 -name 'persist-*' | sort | tail -n 1)
  btrfs subvolume snapshot "$newest" "$WORK/top/persist.next"
  mv -T "$WORK/top/persist" "$WORK/top/persist.before"
  mv -T "$WORK/top/persist.next" "$WORK/top/persist"
  sync -f "$WORK/top"
}
echo "back $(milliseconds put_back)"
umount "$WORK/persist"
btrfs subvolume delete "$WORK/top/persist.before" > /dev/null
mount -o noatime,subvol=persist "$DEVICE" "$WORK/persist"

# 21 snapshots, as the default policy keeps, with 1 % of the data rewritten between two.
btrfs subvolume delete "$WORK"/snapshots/* > /dev/null
for round in $(seq 21); do
  NOW=$((1810000000 + round * 21600)) sh -e "$SCRIPTS/snapshot.sh" > /dev/null
  for file in $(seq "$round" 100 20000); do
    head --bytes=20000 /dev/urandom > "$WORK/persist/$((file % 200))/$file"
  done
done
sync -f "$WORK/persist"
btrfs filesystem sync "$WORK/persist"
used() { btrfs filesystem usage -b "$WORK/top" | awk '$1 == "Used:" { print $2; exit }'; }
with=$(used)
btrfs subvolume delete --commit-each "$WORK"/snapshots/* > /dev/null
btrfs subvolume sync "$WORK/top" > /dev/null
btrfs filesystem sync "$WORK/top"
echo "held $((with - $(used)))"
echo "size $(stat -c %s "$WORK/image")"

take_snapshots() {
  until [ -e "$WORK/stop" ]; do
    NOW=$(($(date +%s) + 100000000)) sh -e "$SCRIPTS/snapshot.sh" > /dev/null
    sleep 2
  done
}

# A database's writes: 8 KiB anywhere in a file, each 16 followed by a sync.
write_at_random() {
  fio --name=writes --directory="$1" --filename=database --rw=randwrite --bs=8k --size=512M --ioengine=psync \
    --fdatasync=16 --time_based --runtime="$SECONDS_OF_FIO" --output-format=json "${@:2}"
}
iops() { python3 -c 'import json, sys; print(round(json.load(sys.stdin)["jobs"][0][sys.argv[1]]["iops"]))' "$1"; }
echo "h $WORK/persist/nocow - - - - +C" > "$WORK/nocow.conf"
for kind in cow nocow; do
  for snapshots in without with; do
    rm -rf "$WORK/persist/$kind"
    mkdir "$WORK/persist/$kind"
    [ "$kind" = cow ] || systemd-tmpfiles --create "$WORK/nocow.conf"
    fio --name=lay-out --directory="$WORK/persist/$kind" --filename=database --rw=write --bs=1M --size=512M --end_fsync=1 > /dev/null
    rm -f "$WORK/stop"
    [ "$snapshots" = without ] || take_snapshots &
    echo "$kind-$snapshots $(write_at_random "$WORK/persist/$kind" | iops write)"
    touch "$WORK/stop"
    wait
    echo "$kind-$snapshots-extents $(filefrag "$WORK/persist/$kind/database" | sed 's/.*: \([0-9]*\) extents\{0,1\} found/\1/')"
    btrfs subvolume delete "$WORK"/snapshots/* > /dev/null 2>&1 || true
  done
done
