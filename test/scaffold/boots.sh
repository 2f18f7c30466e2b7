# Read behind sandbox.sh by the tests of the scripts; $1 is the folder of the scripts.
SCRIPTS=$1

# What an initrd has, and nothing else: a command that is not here ends the script as it would there.
mkdir -p /mnt/initrd /mnt/faulty
for tool in date mkdir mv sync umount mount btrfs; do
  ln -s "$(readlink -f "$(type -P "$tool")")" "/mnt/initrd/$tool"
  # The same tools, of which the call number $DIE_AT ends the script: before it does its work, or after.
  cat > "/mnt/faulty/$tool" << END
#!/bin/bash
calls=\$((\$(< /mnt/calls) + 1))
echo "\$calls" > /mnt/calls
[ "\$calls \$DIE_WHEN" != "\$DIE_AT before" ] || kill -KILL "\$(< /mnt/pid)"
[ "\$calls \$DIE_WHEN" != "\$DIE_AT before" ] || exit 1
/mnt/initrd/$tool "\$@"
code=\$?
[ "\$calls \$DIE_WHEN" != "\$DIE_AT after" ] || kill -KILL "\$(< /mnt/pid)"
exit "\$code"
END
  chmod +x "/mnt/faulty/$tool"
done

export ROOT=root ARCHIVE=old_roots STATE=/run/boot CMDLINE=/mnt/cmdline
echo quiet > /mnt/cmdline

# A host: its root with litter, a baseline, and data that persists; the mount of the data holds the loop device.
make_host() {
  make_btrfs root root-blank persist "$@"
  first_mount subvol=persist persist
  export DEVICE
  next_mount subvolid=5 top
  mkdir -p top/root/etc top/root-blank/nix persist/lib
  btrfs property set -ts top/root-blank ro true
  for number in 1 2 3 4 5; do head --bytes=100000 /dev/urandom > "persist/lib/$number"; done
  PERSISTED=$(sum)
}
sum() { (cd /mnt/persist && find . -type f -exec sha256sum {} + | sort | sha256sum); }

# boot [TOOLS]: what the initrd does, then what tmpfiles and services do.
boot() {
  env PATH="${1:-/mnt/initrd}" "$SHELL_OF_INITRD" -e "$SCRIPTS/wipe-root.sh"
}
SHELL_OF_INITRD=/bin/dash

# interrupted NUMBER before|after: a boot whose power goes away at the call of a tool with this number. It fails when
# there are fewer calls. What it had mounted is gone with it.
interrupted() {
  echo 0 > /mnt/calls
  env PATH=/mnt/faulty:/mnt/initrd DIE_AT="$1" DIE_WHEN="$2" \
    /bin/bash -c 'echo $$ > /mnt/pid; exec /bin/dash "$1"' boot "$SCRIPTS/wipe-root.sh" > /dev/null 2>&1 || true
  umount /run/server-impermanence/top 2> /dev/null || true
  [ "$(cat /mnt/calls)" -ge "$1" ]
}
is_subvolume() { btrfs subvolume show "$1" > /dev/null 2>&1; }
roots_with() { (cd /mnt/top && find . -maxdepth 4 -name "$1" | sort | paste --serial --delimiters=' '); }
