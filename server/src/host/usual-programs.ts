/**
 * Programs that people call in an initrd and that do to the root only what the reading of scripts knows of them: words of
 * shells, the usual tools of a system, and those that unlock, find and wait for disks and networks.
 */
const USUAL = new Set(
  `
  . : [ [[ alias bg break builtin case cd command continue declare echo eval exec exit export false fg getopts hash if
  jobs kill let local mapfile popd printf pushd pwd read readarray readonly return set shift shopt source test time
  times trap true type typeset ulimit umask unalias unset until wait while
  arch b2sum base32 base64 basename cat chgrp chmod chown cksum cmp comm cp csplit cut date dd df diff dir dircolors
  dirname du env expand expr factor fmt fold groups head hostname id install join link ln logname ls md5sum mkdir
  mkfifo mknod mktemp mv nice nl nohup nproc numfmt od paste pathchk readlink realpath rm rmdir seq sha1sum sha256sum
  sha512sum shred shuf sleep sort split stat stdbuf stty sum sync tac tail tee timeout touch tr truncate tty uname
  unexpand uniq unlink users vdir wc who whoami xargs yes
  ash awk bash bunzip2 busybox bzip2 cpio dash egrep fgrep file find free gawk grep gunzip gzip jq ksh less lz4 mawk
  more openssl perl pgrep pidof pkill ps python python3 rsync sed sh sqlite3 tar top uptime vi which xz xxd zcat zsh
  zstd
  agetty blkdiscard blkid blockdev cfdisk chattr chrt chvt column dmesg eject fallocate fdisk findmnt flock fsck
  fsfreeze getopt hexdump hwclock ionice last logger losetup lsattr lsblk lscpu lsmem lsns mesg mkswap mount
  mountpoint nsenter partprobe partx pivot_root renice rev script setsid setterm sfdisk sgdisk gdisk parted su sulogin
  swaplabel swapoff swapon switch_root taskset umount unshare uuidgen wall wipefs zramctl depmod insmod lsmod modinfo
  modprobe rmmod
  bootctl busctl coredumpctl dbus-send hostnamectl journalctl localectl loginctl networkctl resolvectl
  systemctl systemd-analyze systemd-ask-password systemd-cat systemd-creds systemd-cryptenroll systemd-cryptsetup
  systemd-detect-virt systemd-escape systemd-id128 systemd-machine-id-setup systemd-mount systemd-notify
  systemd-repart systemd-run systemd-tmpfiles systemd-tty-ask-password-agent systemd-umount timedatectl udevadm
  plymouth kbd_mode kbdrate loadkeys setfont setleds setmetamode setvtrgb openvt
  badblocks bcachefs btrfs btrfstune debugfs dosfsck dumpe2fs e2fsck e2label f2fs.fsck fatlabel fsck.btrfs fsck.ext4
  fsck.fat fsck.vfat fsck.xfs mke2fs mkfs resize2fs tune2fs xfs_admin xfs_growfs xfs_repair zdb zed zfs zpool
  cryptsetup clevis dmsetup integritysetup lvchange lvconvert lvcreate lvdisplay lvextend lvm lvmetad lvreduce
  lvremove lvs mdadm pvcreate pvresize pvs pvscan veritysetup vgchange vgcfgrestore vgcreate vgs vgscan vgmknodes
  age age-plugin-tpm age-plugin-yubikey fido2-assert fido2-token gpg gpg-connect-agent keyctl pcsc_scan rage sops
  tpm2_createprimary tpm2_getcap tpm2_load tpm2_nvread tpm2_pcrread tpm2_unseal tpm2_pcrextend ykchalresp ykinfo ykman
  pamtester
  curl dhclient dhcpcd dropbear ethtool ifconfig ifup ip ipconfig iw iwctl iwd nc ncat netcat nslookup ping route
  socat ssh ssh-keygen ssh-keyscan sshd tailscale tailscaled udhcpc wg wg-quick wget wpa_cli wpa_supplicant
  arping avahi-daemon dig drill host nft iptables ip6tables resolvconf zerotier-one netbird tinc tor
  halt init poweroff reboot shutdown kexec telinit
  nix nix-store nixos-enter nixos-generate-config install-info lspci lsusb usbreset sg_raw hdparm nvme smartctl
  dislocker ntfsfix efibootmgr mokutil sbctl
  `
    .trim()
    .split(/\s+/),
);

/** Whether what a program does is in its name: `mkfs.ext4` and the like are found by the reading of scripts. */
export function isUsualProgram(name: string): boolean {
  return USUAL.has(name) || /^(mkfs|fsck|mount|umount|tpm2)[._]/.test(name);
}
