/**
 * Units of the initrd that are done before `sysroot.mount`, so that what is ordered before them is before the root,
 * too. `initrd-root-fs.target` is not one of them: it comes after the mount (bootup(7)), and a unit that is only before
 * it races with the mount.
 */
const BEFORE_ROOT =
  /^(?:sysroot\.mount|local-fs-pre\.target|initrd-root-device\.target|systemd-fsck-root\.service|.*\.device|cryptsetup.*\.target)$/;

/** Whether a unit with `before = [ name ]` runs before the root is mounted in the initrd. */
export function comesBeforeRoot(name: string): boolean {
  return BEFORE_ROOT.test(name);
}
