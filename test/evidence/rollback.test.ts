import { expect, it } from "vitest";
import { inSandbox } from "./sandbox.ts";

it("R3 (IMP504): a subvolume that holds another cannot be deleted, and none can be made in its place", () => {
  const seen = inSandbox(`
    make_btrfs root
    first_mount subvolid=5 top
    mkdir -p top/root/var/lib
    btrfs subvolume create top/root/var/lib/machines > /dev/null
    attempt delete btrfs subvolume delete top/root
    attempt create btrfs subvolume create top/root
    fact left "$(subvolumes_of top)"
    btrfs subvolume delete top/root/var/lib/machines > /dev/null
    attempt "delete without nested" btrfs subvolume delete top/root`);
  expect(seen.delete).not.toBe("0");
  expect(seen["delete said"]).toContain("Directory not empty");
  expect(seen.create).not.toBe("0");
  expect(seen["create said"]).toMatch(/target path already exists/);
  expect(seen.left).toBe("root root/var/lib/machines");
  expect(seen["delete without nested"]).toBe("0");
});

it("R3 (IMP504): systemd makes such subvolumes at boot, where tmpfiles.d have v, q or Q", () => {
  const seen = inSandbox(`
    make_btrfs root
    first_mount subvolid=5 top
    mkdir -p top/root/etc/tmpfiles.d top/root/usr/lib/tmpfiles.d
    cp /usr/lib/tmpfiles.d/home.conf top/root/usr/lib/tmpfiles.d
    printf 'Q /var/lib/machines 0700\\nv /var/lib/portables 0700\\n' > top/root/etc/tmpfiles.d/own.conf
    # It also sets quotas for q and Q, which this systemd cannot do on every kernel: not what is looked at here.
    systemd-tmpfiles --root="$PWD/top/root" --create || true
    fact subvolumes "$(subvolumes_of top)"`);
  expect(seen.subvolumes).toBe("root root/home root/srv root/var/lib/machines root/var/lib/portables");
});

it("R4 (IMP504): a blank snapshot onto a root that is still there lands inside it, once, and wipes nothing", () => {
  const seen = inSandbox(`
    make_btrfs root root-blank
    first_mount subvolid=5 top
    touch top/root/litter
    attempt first btrfs subvolume snapshot top/root-blank top/root
    fact "after first" "$(subvolumes_of top)"
    attempt second btrfs subvolume snapshot top/root-blank top/root
    fact root "$(ls top/root | paste --serial --delimiters=' ')"`);
  expect(seen.first).toBe("0");
  expect(seen["after first"]).toBe("root root-blank root/root-blank");
  expect(seen.second).not.toBe("0");
  expect(seen["second said"]).toContain("File exists");
  expect(seen.root).toBe("litter root-blank");
});

it("R4 (IMP515): list -o shows no subvolume of a subvolume, so one loop leaves the root, and a blank lands in it", () => {
  const seen = inSandbox(`
    make_btrfs root root-blank
    first_mount subvolid=5 top
    mkdir -p top/root/var/lib
    btrfs subvolume create top/root/var/lib/machines > /dev/null
    btrfs subvolume create top/root/var/lib/machines/guest > /dev/null
    fact listed "$(btrfs subvolume list -o top/root | cut -f9 -d' ' | paste --serial --delimiters=' ')"
    btrfs subvolume list -o top/root | cut -f9 -d' ' | while read -r inner; do
      btrfs subvolume delete "top/$inner" 2> /dev/null || true
    done
    attempt delete btrfs subvolume delete top/root
    attempt snapshot btrfs subvolume snapshot top/root-blank top/root
    fact left "$(subvolumes_of top)"`);
  expect(seen.listed).toBe("root/var/lib/machines");
  expect(seen.delete).not.toBe("0");
  expect(seen.snapshot).toBe("0");
  expect(seen.left).toBe("root root-blank root/root-blank root/var/lib/machines root/var/lib/machines/guest");
});

it("IMP516: a subvolume inside of one that is moved is not found under its old name any more", () => {
  const seen = inSandbox(`
    make_btrfs root
    first_mount subvolid=5 top
    btrfs subvolume create top/root/nix > /dev/null
    mkdir -p old nix
    attempt before mount -o subvol=root/nix "$(findmnt --noheadings --output SOURCE top | cut -d'[' -f1)" nix
    umount nix
    mkdir top/old_roots
    mv top/root top/old_roots/1
    btrfs subvolume create top/root > /dev/null
    attempt after mount -o subvol=root/nix "$(findmnt --noheadings --output SOURCE top | cut -d'[' -f1)" nix
    fact left "$(subvolumes_of top)"`);
  expect(seen.before).toBe("0");
  expect(seen.after).not.toBe("0");
  expect(seen.left).toBe("old_roots/1 old_roots/1/nix root");
});

it("R5 (IMP514): a root that is deleted before its blank snapshot is found missing stays deleted", () => {
  const seen = inSandbox(`
    make_btrfs root
    first_mount subvolid=5 top
    btrfs subvolume delete top/root > /dev/null
    attempt snapshot btrfs subvolume snapshot top/root-blank top/root
    fact left "$(subvolumes_of top)"`);
  expect(seen.snapshot).not.toBe("0");
  expect(seen.left).toBe("");
});

it("R10: a mount without subvolid=5 shows the default subvolume, so a script finds no root and makes one inside", () => {
  const seen = inSandbox(`
    make_btrfs root
    first_mount subvolid=5 top
    btrfs subvolume set-default top/root
    touch top/root/litter
    next_mount defaults seen
    fact shows "$(ls seen)"
    [ -e seen/root ] || btrfs subvolume create seen/root > /dev/null
    fact subvolumes "$(subvolumes_of top)"
    next_mount subvolid=5 real
    fact "top level" "$(ls real)"`);
  expect(seen.shows).toBe("litter");
  expect(seen.subvolumes).toBe("root root/root");
  expect(seen["top level"]).toBe("root");
});

it("R11 (IMP506): emptying a subvolume of nearly the same name leaves the root as it was", () => {
  const seen = inSandbox(`
    make_btrfs @root root
    first_mount subvolid=5 top
    touch top/@root/litter
    btrfs subvolume delete top/root > /dev/null
    btrfs subvolume create top/root > /dev/null
    next_mount subvol=@root sysroot
    fact root "$(ls sysroot)"`);
  expect(seen.root).toBe("litter");
});

/** Makes a root subvolume that programs can run in: they are those of this machine. */
const ENTER_ROOT = `
  furnish() {
    local name
    mkdir -p "$1/usr" "$1/dev" "$1/proc" "$1/etc"
    for name in bin sbin lib lib64; do [ -e "/usr/$name" ] && ln -s "usr/$name" "$1/$name"; done
    mount --rbind /usr "$1/usr"
    mount --rbind /dev "$1/dev"
    mount --rbind /proc "$1/proc"
  }`;

it("R13 (IMP507): btrfs subvolume delete / is refused, and nothing is deleted", () => {
  const seen = inSandbox(`${ENTER_ROOT}
    make_btrfs root
    first_mount subvol=root root
    furnish root
    touch root/litter
    attempt delete chroot root btrfs subvolume delete /
    fact root "$(ls root/litter)"
    attempt create chroot root btrfs subvolume create /usr`);
  expect(seen.delete).not.toBe("0");
  expect(seen["delete said"]).toMatch(/Could not destroy subvolume\/snapshot: Invalid argument/);
  expect(seen.root).toBe("root/litter");
  expect(seen["create said"]).toMatch(/target path already exists/);
});

it("R13 (IMP507): it is refused as well where the subvolume is the root of everything", () => {
  const seen = inSandbox(`${ENTER_ROOT}
    make_btrfs root
    first_mount subvol=root root
    furnish root
    mkdir root/before
    cd root
    pivot_root . before
    cd /
    attempt delete btrfs subvolume delete /
    fact root "$(findmnt --noheadings --output FSROOT --mountpoint /)"`);
  expect(seen.root).toBe("/root");
  expect(seen.delete).not.toBe("0");
  expect(seen["delete said"]).toMatch(/Invalid argument/);
});

it("R13 (IMP507): through a mount of the top level a mounted root can be deleted, and is gone under its users", () => {
  const seen = inSandbox(`
    make_btrfs root
    first_mount subvol=root root
    next_mount subvolid=5 top
    touch root/litter
    attempt delete btrfs subvolume delete top/root
    fact mounted "$(findmnt --noheadings --output FSROOT --mountpoint /mnt/root)"
    fact files "$(ls root)"
    attempt touch touch root/new`);
  expect(seen.delete).toBe("0");
  expect(seen.mounted).toContain("deleted");
  expect(seen.files).toBe("");
  expect(seen["touch said"]).toContain("No such file or directory");
});

it("IMP518: list without -o lists the whole filesystem, so a loop deletes what was to be kept", () => {
  const seen = inSandbox(`
    make_btrfs root nix persist
    first_mount subvolid=5 top
    btrfs subvolume list -o top/root | cut -d' ' -f9- | while read -r each; do
      btrfs subvolume delete "top/$each" > /dev/null
    done
    fact "after the list of the root" "$(subvolumes_of top)"
    btrfs subvolume list top/root | cut -d' ' -f9- | while read -r each; do
      btrfs subvolume delete "top/$each" > /dev/null
    done
    fact "after the list without -o" "$(subvolumes_of top)"`);
  expect(seen["after the list of the root"]).toBe("nix persist root");
  expect(seen["after the list without -o"]).toBe("");
});

it("IMP522: a root that is moved to a name that is taken lands inside, and the next one is not moved at all", () => {
  const seen = inSandbox(`
    make_btrfs root
    first_mount subvolid=5 top
    mkdir top/old_roots
    mv top/root top/old_roots/today
    btrfs subvolume create top/root > /dev/null
    attempt second mv top/root top/old_roots/today
    fact "after second" "$(subvolumes_of top)"
    btrfs subvolume create top/root > /dev/null
    touch top/root/litter
    attempt third mv top/root top/old_roots/today
    attempt create btrfs subvolume create top/root
    fact root "$(ls top/root)"`);
  expect(seen.second).toBe("0");
  expect(seen["after second"]).toBe("old_roots/today old_roots/today/root");
  expect(seen.third).not.toBe("0");
  expect(seen["third said"]).toMatch(/Directory not empty|File exists|cannot move/);
  expect(seen.create).not.toBe("0");
  expect(seen.root).toBe("litter");
});
