import { expect, it } from "vitest";
import { onServer } from "./run-scripts.ts";

/** Old roots whose names are the days before 2030, in the order in which they were made. */
const ARCHIVE = `
  export DAYS=30 KEEP=2 NOW=$(date -u -d 2030-01-01 +%s) PATH=$PATH
  make_host old_roots
  archive() { for name in "$@"; do btrfs subvolume create "top/old_roots/$name" > /dev/null; done; }
  clean() { env "$@" /bin/dash -e "$SCRIPTS/clean-archive.sh"; }
  left() { ls top/old_roots | paste --serial --delimiters=' '; }`;

it("deletes old roots by their dates, with what lies below them and nothing else", () => {
  const seen = onServer(`${ARCHIVE}
    archive root-20290101-000000 root-20290601-000000_1 root-20291215-000000 root-20291230-000000 root-20291231-000000
    mkdir top/old_roots/root-20290101-000000/var
    btrfs subvolume create "top/old_roots/root-20290101-000000/var/a name" > /dev/null
    btrfs subvolume create "top/old_roots/root-20290101-000000/var/a name/deep" > /dev/null
    btrfs property set -ts "top/old_roots/root-20290101-000000/var/a name/deep" ro true
    attempt clean clean
    fact left "$(left)"
    fact others "$(ls top)"
    [ "$(sum)" = "$PERSISTED" ] || fact changed yes
    attempt again clean
    fact "left again" "$(left)"
    fact mounted "$(grep --count /run/server-impermanence /proc/self/mountinfo || true)"`);
  expect(seen.clean, seen["clean said"]).toBe("0");
  expect(seen["clean said"]).toContain("old_roots/root-20290101-000000 is deleted.");
  expect(seen.left).toBe("root-20291215-000000 root-20291230-000000 root-20291231-000000");
  expect(seen.others).toBe("old_roots\npersist\nroot\nroot-blank");
  expect(seen).toMatchObject({ again: "0", "again said": "", "left again": seen.left, mounted: "0" });
  expect(seen.changed).toBeUndefined();
});

it("keeps the newest whatever the clock says", () => {
  const seen = onServer(`${ARCHIVE}
    archive root-20280101-000000 root-20260101-000000 root-20270101-000000 root-20400101-000000
    attempt "far future" clean NOW=$(date -u -d 2099-01-01 +%s) KEEP=3
    fact left "$(left)"
    attempt past clean NOW=0 KEEP=1
    fact "left in 1970" "$(left)"`);
  // The first was made first, whatever its name says.
  expect(seen.left).toBe("root-20260101-000000 root-20270101-000000 root-20400101-000000");
  expect(seen["left in 1970"]).toBe(seen.left);
  expect(seen["past said"]).toContain("its date is in the future");
});

it("takes no old root for older than it is: one of a long uptime was made long before it was archived", () => {
  const seen = onServer(`${ARCHIVE}
    archive root-20291231-000000 root-20200101-000000 root-20200102-000000 root-20200103-000000
    clean "NOW=$(date +%s)" > /dev/null
    fact left "$(left)"`);
  // Named for years ago, made now.
  expect(seen.left).toBe("root-20200101-000000 root-20200102-000000 root-20200103-000000 root-20291231-000000");
});

it("leaves what is not an old root: directories, other names, what is mounted", () => {
  const seen = onServer(`${ARCHIVE}
    archive root-20200101-000000 keep-this before-upgrade-2020 root-20209999-000000
    mkdir top/old_roots/root-20200102-000000
    btrfs subvolume create top/old_roots/root-20200102-000000/root-20200103-000000 > /dev/null
    btrfs subvolume create top/root-20200101-000000 > /dev/null
    next_mount subvol=old_roots/root-20200101-000000 looked-at
    attempt clean clean KEEP=0
    fact left "$(subvolumes_of top)"`);
  expect(seen.left).toBe(
    "old_roots old_roots/before-upgrade-2020 old_roots/keep-this old_roots/root-20200101-000000 " +
      "old_roots/root-20200102-000000/root-20200103-000000 old_roots/root-20209999-000000 persist root " +
      "root-20200101-000000 root-blank",
  );
  expect(seen["clean said"]).toContain("root-20200101-000000 stays: it is mounted.");
});

it("does nothing without its device, or while another clean-up is at work", () => {
  const seen = onServer(`${ARCHIVE}
    archive root-20200101-000000
    attempt nowhere clean DEVICE=/dev/nowhere KEEP=0
    mkdir -p /run/server-impermanence
    attempt locked flock /run/server-impermanence/archive.lock /bin/dash "$SCRIPTS/clean-archive.sh"
    fact left "$(left)"`);
  expect(seen).toMatchObject({ nowhere: "1", locked: "1", left: "root-20200101-000000" });
  expect(seen["locked said"]).toContain("Another clean-up is at work. Nothing is deleted.");
});
