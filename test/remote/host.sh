#!/bin/bash
# A host whose / is a btrfs subvolume, with its own mounts and processes and sshd on 127.0.0.1. Root only.
#   host.sh up FOLDER PORT | reboot FOLDER (with the wipe) | crash FOLDER (processes end at once, no wipe)
#   host.sh powerloss FOLDER   starts again from what is on the disk at this moment, without what was not yet written
#   host.sh lose FOLDER        the disk fails all at once;  find FOLDER   it is back as it was then, and the host starts again
#   host.sh stepping FOLDER    puts stepping.sh in front of the commands that change something
#   host.sh top FOLDER SCRIPT   runs bash with the toplevel of the filesystem as working folder
#   host.sh inside FOLDER COMMAND... | destroy FOLDER
# DISK_SIZE=4G: instead of 512M. ROOT_KIND=tmpfs, ext4, overlay or toplevel (of the
# btrfs filesystem): / is that instead, and the btrfs filesystem holds the rest.
# Mounts are private to the host's processes, which the kernel ends together.
# shellcheck disable=SC2016 # single quotes hold scripts for inner shells
set -euo pipefail
PATH=/usr/sbin:/sbin:$PATH
verb=$1 F=$(realpath -m "$2")
shift 2
export F
loop() { losetup -j "$F/disk" -n -O NAME | head -n 1; }

top() {
  L=$(loop) unshare -m --propagation private bash -euc 'mount -t btrfs -o subvolid=5 "$L" "$F/top"; cd "$F/top"; eval "$1"' top "$1"
}

build() {
  mkdir -p "$F"/{top,root}
  truncate -s "${DISK_SIZE:-512M}" "$F/disk"
  mkfs.btrfs -q "$F/disk"
  losetup -f "$F/disk"
  ssh-keygen -q -t ed25519 -N '' -f "$F/id"
  ssh-keygen -q -t ed25519 -N '' -f "$F/hostkey"
  PW=$(openssl passwd -6 secret)
  export PW
  # shellcheck disable=SC2016 # for the inner shell
  top '
    for s in root nix persist log snapshots old_roots; do btrfs -q subvolume create $s; done
    mkdir -p root/{nix,persist,var/log,.snapshots,proc,sys,dev,run,usr,tmp,etc,root,home}
    chmod 1777 root/tmp
    btrfs -q subvolume snapshot -r root root-blank
    mkdir -p nix/etc/pam.d persist/etc
    cp "$F/hostkey" persist/etc/; chmod 600 persist/etc/hostkey
    users="josh:1000:/bin/bash nosudo:1001:/bin/sh fishy:1002:/usr/bin/fish noisy:1003:/bin/bash pwsudo:1004:/bin/dash noshell:1005:/usr/sbin/nologin zoe:1006:/usr/bin/zsh"
    { echo root:x:0:0::/root:/bin/sh; echo sshd:x:105:65534::/run/sshd:/usr/sbin/nologin; echo nobody:x:65534:65534::/:/usr/sbin/nologin; } >nix/etc/passwd
    printf "root:x:0:\nnogroup:x:65534:\nusers:x:100:\n" >nix/etc/group
    echo "root:*:1::::::" >nix/etc/shadow
    for u in $users; do IFS=: read -r name id shell <<<"$u"
      echo "$name:x:$id:100::/home/$name:$shell" >>nix/etc/passwd
      hash="*"; [ $name = pwsudo ] && hash=$PW
      echo "$name:$hash:1::::::" >>nix/etc/shadow
    done
    printf "Defaults !syslog\n" >nix/etc/sudoers
    for u in josh fishy noisy zoe; do echo "$u ALL=(ALL:ALL) NOPASSWD: ALL" >>nix/etc/sudoers; done
    echo "pwsudo ALL=(ALL:ALL) ALL" >>nix/etc/sudoers
    chmod 440 nix/etc/sudoers
    printf "auth required pam_unix.so\naccount required pam_permit.so\nsession required pam_permit.so\n" >nix/etc/pam.d/sudo
    printf "passwd: files\ngroup: files\nshadow: files\n" >nix/etc/nsswitch.conf
    printf "ID=nixos\n" >nix/etc/os-release'
  cat >"$F/sshd_config" <<END
Port $1
ListenAddress 127.0.0.1
HostKey /persist/etc/hostkey
AuthorizedKeysFile /etc/authorized_keys
StrictModes no
UsePAM no
PasswordAuthentication no
PidFile none
Match User pwsudo
  PasswordAuthentication yes
END
  echo "[127.0.0.1]:$1 $(cut -d' ' -f1-2 "$F/hostkey.pub")" >"$F/known_hosts"
  cat >"$F/ssh_config" <<END
Host 127.0.0.1
  Port $1
  User josh
  IdentityFile $F/id
  IdentitiesOnly yes
Host *
  UserKnownHostsFile $F/known_hosts
  GlobalKnownHostsFile /dev/null
  StrictHostKeyChecking yes
END
  echo "$1" >"$F/port"
}

boot() {
  L=$(loop)
  export L
  # shellcheck disable=SC2016 # for the inner shell
  setsid unshare -m -p -u -i --fork --kill-child --propagation private bash -euc '
    R=$F/root
    at() { mkdir -p "$R$2"; mount -t btrfs -o "noatime,subvol=$1" "$L" "$R$2"; }
    case ${ROOT_KIND:-btrfs} in
      btrfs) at root "" ;;
      toplevel) mount -t btrfs -o noatime,subvolid=5 "$L" "$R" ;;
      tmpfs) mount -t tmpfs -o mode=755 root "$R" ;;
      ext4) truncate -s 64M "$F/ext4"; mke2fs -q -t ext4 "$F/ext4"; mount -o loop "$F/ext4" "$R" ;;
      overlay)
        at persist /persist; mkdir -p "$R/persist/upper" "$R/persist/work" "$R/persist/lower/etc/whole"
        for f in old kept whole/inside; do echo "${f##*/}" >"$R/persist/lower/etc/$f"; done
        mount --rbind "$R" /mnt
        mount -t overlay -o "lowerdir=/mnt/persist/lower,upperdir=/mnt/persist/upper,workdir=/mnt/persist/work" root "$R" ;;
    esac
    mkdir -p "$R"/{nix,persist,var/log,.snapshots,proc,sys,dev,run,usr,tmp,etc,root,home}; chmod 1777 "$R/tmp"
    at nix /nix; at persist /persist; at log /var/log; at snapshots /.snapshots
    # More mounts, as a file `mounts` in the folder of the host says: a subvolume and a place in each line.
    if [ -e "$F/mounts" ]; then while read -r of place; do at "$of" "$place" || echo "$place is not mounted"; done <"$F/mounts"; fi
    mount --bind /usr "$R/usr"
    for l in bin sbin lib lib64; do if [ -L /$l ]; then ln -sfn "$(readlink /$l)" "$R/$l"; fi; done
    mount -t proc proc "$R/proc"; mount --rbind /sys "$R/sys"; mount --rbind /dev "$R/dev"; mount -t tmpfs run "$R/run"
    mkdir -p "$R/run/sshd"
    cp -a "$R"/nix/etc/. "$R/etc/"; cp -a /etc/ld.so.cache /etc/alternatives "$R/etc/"
    cp "$F/id.pub" "$R/etc/authorized_keys"; chmod 644 "$R/etc/authorized_keys"
    while IFS=: read -r name _ id group _; do [ "$id" -lt 1000 ] || { mkdir -p "$R/home/$name"; chown "$id:$group" "$R/home/$name"; }; done <"$R/etc/passwd"
    echo "echo noise; echo noise >&2; printf \"\\0IMP 1 fake\\0\"" >"$R/home/noisy/.bashrc"
    cp "$F/sshd_config" "$R/run/"
    hostname testhost
    cd "$R"; pivot_root . .; umount -l .; cd /
    exec bash -c "/usr/sbin/sshd -D -e -f /run/sshd_config & while :; do sleep 1 & wait -n; done" host-init
  ' </dev/null >"$F/boot.log" 2>&1 &
  local outer=$! inner
  for _ in $(seq 400); do
    inner=$(pgrep -P $outer | head -n 1 || :)
    if [ -n "$inner" ] && (exec 3<>"/dev/tcp/127.0.0.1/$(cat "$F/port")") 2>/dev/null; then
      echo "$inner" >"$F/init"
      return
    fi
    kill -0 $outer 2>/dev/null || break
    sleep 0.05
  done
  cat "$F/boot.log" >&2
  exit 1
}

halt() {
  [ -s "$F/init" ] || return 0
  kill -KILL "$(cat "$F/init")" 2>/dev/null || :
  while [ -d "/proc/$(cat "$F/init")" ]; do sleep 0.02; done
  rm "$F/init"
}

case $verb in
  up) build "$1" && boot ;;
  reboot) halt && top 'mv root "old_roots/root-$(date -u +%Y%m%d-%H%M%S)"; btrfs -q subvolume snapshot root-blank root; sync -f .' && boot ;;
  crash) halt && boot ;;
  powerloss)
    cp --sparse=always "$F/disk" "$F/disk.now"
    halt
    L=$(loop)
    losetup -d "$L"
    while [ -n "$(loop)" ]; do sleep 0.02; done
    mv "$F/disk.now" "$F/disk"
    # A boot may give the disk another name.
    truncate -s 1M "$F/decoy"
    losetup -f "$F/decoy"
    losetup -f "$F/disk"
    losetup -d "$(losetup -j "$F/decoy" -n -O NAME)"
    boot
    ;;
  lose) cp --sparse=always "$F/disk" "$F/disk.now"; truncate -s 0 "$F/disk"; losetup -c "$(loop)" ;;
  find)
    halt
    L=$(loop)
    losetup -d "$L"
    while [ -n "$(loop)" ]; do sleep 0.02; done
    mv "$F/disk.now" "$F/disk"
    losetup -f "$F/disk"
    boot
    ;;
  stepping)
    S=$(realpath "$(dirname "$0")/stepping.sh")
    nsenter -t "$(cat "$F/init")" -m -r sh -euc '
      mkdir -p /run/wrappers/bin /run/steps
      cat >/run/steps/step; chmod +x /run/steps/step
      for c in btrfs mv mkdir rm rmdir sync; do ln -sf /run/steps/step /run/wrappers/bin/$c; done' <"$S"
    ;;
  top) top "$1" ;;
  inside) exec nsenter -t "$(cat "$F/init")" -m -p -u -i -r -w "$@" ;;
  destroy)
    halt
    L=$(loop)
    [ -z "$L" ] || losetup -d "$L"
    rm -rf "$F"
    ;;
esac
