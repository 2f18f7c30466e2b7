import { expect, it } from "vitest";
import { inSandbox } from "./sandbox.ts";

it("S4, IMP619: what is on a subvolume of its own is an empty directory in a snapshot of the root", () => {
  const seen = inSandbox(`
    make_btrfs root
    first_mount subvolid=5 top
    btrfs subvolume create top/root/persist > /dev/null
    touch top/root/persist/data top/root/made-by-the-boot
    btrfs subvolume snapshot -r top/root top/snapshot > /dev/null
    fact held "$(cd top/snapshot; echo *)"
    fact persist "$(ls -A top/snapshot/persist)"`);
  expect(seen.held).toBe("made-by-the-boot persist");
  expect(seen.persist).toBe("");
});

it("S21: a balance without filters warns and waits, one with filters begins", () => {
  const seen = inSandbox(`
    make_btrfs
    first_mount subvolid=5 top
    attempt bare timeout 2 btrfs balance start top
    attempt filtered timeout 60 btrfs balance start -dusage=50 -musage=50 top`);
  expect(seen["bare said"]).toContain("Full balance without filters requested");
  // It was still waiting when its time was over.
  expect(seen.bare).toBe("124");
  expect(seen["bare said"]).not.toContain("Done");
  expect(seen.filtered).toBe("0");
});

it("S22: find without a depth finds names inside of snapshots", () => {
  const seen = inSandbox(`
    make_btrfs home
    first_mount subvolid=5 top
    mkdir -p top/home/user/home-movies top/snapshots
    btrfs subvolume snapshot -r top/home top/snapshots/home-1 > /dev/null
    fact deep "$(cd top/snapshots; find . -type d -name 'home-*' | sort | paste --serial --delimiters=' ')"
    fact shallow "$(cd top/snapshots; find . -mindepth 1 -maxdepth 1 -type d -name 'home-*')"`);
  expect(seen.deep).toBe("./home-1 ./home-1/user/home-movies");
  expect(seen.shallow).toBe("./home-1");
});

it("IMP616: a scrub of a tmpfs is refused", () => {
  const seen = inSandbox(`
    mkdir memory
    mount -t tmpfs none memory
    attempt scrub btrfs scrub start -B memory
    umount memory`);
  expect(seen.scrub).not.toBe("0");
  expect(seen["scrub said"]).toMatch(/not a mounted btrfs|not a btrfs/);
});
