import { expect, it } from "vitest";
import { inSandbox } from "./sandbox.ts";

/**
 * Tries to use a swap file, and says what the kernel writes about the device then. Nothing here is swapped to: swap
 * belongs to the whole machine, so only files that are refused are tried.
 */
const SWAP = `
  make_swap() {
    dd if=/dev/zero of="$1" bs=1M count=16 conv=fsync status=none
    chmod 600 "$1"
    mkswap "$1" > /dev/null
  }
  try_swap() {
    attempt "$1" swapon "$1"
    swapoff "$1" 2> /dev/null || true
    fact "kernel about $1" "$(dmesg | grep --fixed-strings "(device \${DEVICE##*/})" | tail --lines=1)"
  }`;

it("B15: a swap file on copy-on-write is refused", () => {
  const seen = inSandbox(`${SWAP}
    make_btrfs
    first_mount subvolid=5 top
    make_swap top/swapfile
    try_swap top/swapfile`);
  expect(seen["top/swapfile"]).not.toBe("0");
  expect(seen["top/swapfile said"]).toContain("Invalid argument");
  expect(seen["kernel about top/swapfile"]).toContain("swapfile must not be copy-on-write");
});

it("B15: a NOCOW swap file is refused too once its subvolume has a snapshot", () => {
  const seen = inSandbox(`${SWAP}
    make_btrfs data
    first_mount subvolid=5 top
    touch top/data/swapfile && chattr +C top/data/swapfile
    make_swap top/data/swapfile
    btrfs subvolume snapshot -r top/data top/snapshot > /dev/null
    try_swap top/data/swapfile
    fact attributes "$(attributes_of top/data/swapfile)"`);
  expect(seen.attributes).toContain("C");
  expect(seen["top/data/swapfile said"]).toContain("Invalid argument");
  expect(seen["kernel about top/data/swapfile"]).toMatch(/swapfile must not be copy-on-write|shared/);
});

it("B15: btrfs-progs makes swap files NOCOW", () => {
  const seen = inSandbox(`
    make_btrfs
    first_mount subvolid=5 top
    btrfs filesystem mkswapfile --size 16m top/swapfile > /dev/null
    fact attributes "$(attributes_of top/swapfile)"`);
  expect(seen.attributes).toContain("C");
});
