/** An option that people give to a filesystem, and what it does. */
export interface OfferedOption {
  readonly text: string;
  readonly words: string;
}

/** For every filesystem. Source: mount(8), systemd.mount(5). */
const ALL: readonly OfferedOption[] = [
  { text: "noatime", words: "reading a file writes nothing" },
  { text: "nofail", words: "the boot goes on without it" },
  { text: "noexec", words: "nothing on it can be run" },
  { text: "nosuid", words: "programs on it gain no rights of their owner" },
  { text: "nodev", words: "device files on it do nothing" },
  { text: "ro", words: "read-only" },
  { text: "noauto", words: "not mounted at boot" },
  { text: "x-systemd.automount", words: "mounted when it is first used" },
  { text: "x-systemd.device-timeout=30s", words: "how long the boot waits for the device" },
];

const SHARED = "one setting for the whole filesystem: that of the first mount counts for all of them";

/** By the kind of filesystem. Source: btrfs(5), bcachefs-tools' principles of operation, tmpfs(5), mount(8). */
const OWN: Readonly<Record<string, readonly OfferedOption[]>> = {
  btrfs: [
    { text: "compress=zstd", words: `compress what is written; ${SHARED}` },
    { text: "compress=zstd:1", words: `compress fast; ${SHARED}` },
    { text: "compress-force=zstd", words: `compress even what looks incompressible; ${SHARED}` },
    { text: "autodefrag", words: `join small random writes again; ${SHARED}` },
    { text: "discard=async", words: `tell the disk what is free, the default where it can; ${SHARED}` },
    { text: "nodatacow", words: `new files without copy-on-write, checksums and compression; ${SHARED}` },
    { text: "user_subvol_rm_allowed", words: `people may delete subvolumes of their own; ${SHARED}` },
  ],
  tmpfs: [
    { text: "size=2G", words: "how much may be in it, at most" },
    { text: "size=25%", words: "how much of the memory may be in it, at most" },
    { text: "mode=755", words: "only root writes at its top, as sshd wants it of /" },
    { text: "mode=1777", words: "everybody writes at its top, as in /tmp" },
  ],
  vfat: [
    { text: "umask=0077", words: "only root reads and writes" },
    { text: "fmask=0077", words: "only root reads and writes files" },
    { text: "dmask=0077", words: "only root looks into directories" },
  ],
  bcachefs: [{ text: "compression=zstd", words: "compress what is written" }],
};

/** The options to offer for a kind of filesystem; `undefined` where it is not known. */
export function offeredOptions(fsType: string | undefined): readonly OfferedOption[] {
  return [...((fsType !== undefined && OWN[fsType]) || []), ...ALL];
}
