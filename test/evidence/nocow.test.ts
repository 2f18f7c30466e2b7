import { expect, it } from "vitest";
import { inSandbox } from "./sandbox.ts";

it("B10 (IMP104, IMP105): chattr +C on a file that holds data reports success and does nothing", () => {
  const seen = inSandbox(`
    make_btrfs
    first_mount subvolid=5 top
    cd top
    echo data > full
    : > empty
    attempt full chattr +C full
    attempt empty chattr +C empty
    fact "full attributes" "$(attributes_of full)"
    fact "empty attributes" "$(attributes_of empty)"`);
  expect(seen.full).toBe("0");
  expect(seen["full said"]).toBe("");
  expect(seen["full attributes"]).not.toContain("C");
  expect(seen.empty).toBe("0");
  expect(seen["empty attributes"]).toContain("C");
});

it("B10 (IMP104, IMP105): +C on a directory counts for what is made in it later, not for what is there or moved in", () => {
  const seen = inSandbox(`
    make_btrfs
    first_mount subvolid=5 top
    cd top
    mkdir data
    echo data > data/before
    chattr +C data
    echo data > data/after
    mkdir data/folder
    echo data > elsewhere
    cp elsewhere data/copied
    cp elsewhere moved && mv moved data/moved
    attempt reflink cp --reflink=always elsewhere data/reflinked
    for name in before after folder copied moved; do fact "$name" "$(attributes_of "data/$name")"; done`);
  for (const inherits of ["after", "folder", "copied"]) expect(seen[inherits], inherits).toContain("C");
  for (const stays of ["before", "moved"]) expect(seen[stays], stays).not.toContain("C");
  expect(seen["reflink said"]).toContain("Invalid argument");
});

it("B11 (IMP103, IMP117): compression as a property and NOCOW exclude each other", () => {
  const seen = inSandbox(`
    make_btrfs
    first_mount subvolid=5 top
    cd top
    mkdir nocow compressed
    chattr +C nocow
    btrfs property set compressed compression zstd
    attempt property btrfs property set nocow compression zstd
    attempt attribute chattr +C compressed`);
  expect(seen.property).not.toBe("0");
  expect(seen["property said"]).toContain("Invalid argument");
  expect(seen.attribute).not.toBe("0");
  expect(seen["attribute said"]).toContain("Invalid argument");
});

it("B11 (IMP103): under a nodatacow mount a compression property is kept and does nothing", () => {
  const seen = inSandbox(`
    make_btrfs
    first_mount nodatacow top
    cd top
    mkdir compressed
    btrfs property set compressed compression zstd
    dd if=/dev/zero of=compressed/file bs=1M count=1 status=none
    sync --file-system .
    fact property "$(btrfs property get compressed)"
    fact stored "$(compsize compressed/file)"`);
  expect(seen.property).toContain("compression=zstd");
  expect(seen.stored).toMatch(/^none +100%/m);
});

/** Five blocks rewritten in a file of 16 MiB, each brought to the disk before the next. */
const REWRITE = `
  fill() { dd if=/dev/urandom of="$1" bs=1M count=16 status=none conv=fsync; }
  rewrite() {
    local at
    for at in 400 1000 1600 2200 2800; do
      dd if=/dev/urandom of="$1" bs=4k count=1 seek="$at" conv=notrunc,fsync status=none
    done
  }`;

it("C3 (IMP105): rewriting blocks splits a file on copy-on-write, and not one that is NOCOW", () => {
  const seen = inSandbox(`${REWRITE}
    make_btrfs
    first_mount subvolid=5 top
    cd top
    touch nocow && chattr +C nocow
    for file in cow nocow; do
      fill $file
      fact "$file before" "$(extents_of $file)"
      rewrite $file
      fact "$file after" "$(extents_of $file)"
    done`);
  expect(seen["nocow after"]).toBe(seen["nocow before"]);
  expect(Number(seen["cow after"])).toBeGreaterThanOrEqual(Number(seen["cow before"]) + 10);
});

it("B12 (IMP104): the first write to each block after a snapshot is copied, also in a NOCOW file", () => {
  const seen = inSandbox(`${REWRITE}
    make_btrfs data
    first_mount subvolid=5 top
    cd top
    touch data/file && chattr +C data/file
    fill data/file
    fact written "$(extents_of data/file)"
    rewrite data/file
    fact "without snapshot" "$(extents_of data/file)"
    btrfs subvolume snapshot -r data snapshot > /dev/null
    rewrite data/file
    fact "after snapshot" "$(extents_of data/file)"
    rewrite data/file
    fact "same blocks again" "$(extents_of data/file)"
    fact attributes "$(attributes_of data/file)"`);
  expect(seen.attributes).toContain("C");
  expect(seen["without snapshot"]).toBe(seen.written);
  expect(Number(seen["after snapshot"])).toBe(Number(seen.written) + 10);
  expect(seen["same blocks again"]).toBe(seen["after snapshot"]);
});

it("B5 (IMP101): without checksums btrfs hands out damaged data as if it were right", () => {
  const seen = inSandbox(`
    make_btrfs
    first_mount subvolid=5 top
    touch top/unchecked && chattr +C top/unchecked
    for file in checked unchecked; do
      dd if=/dev/zero of=top/$file bs=64k count=1 status=none
      sync --file-system top
      # Where the first block is in the image.
      block=$(filefrag -v -b4096 top/$file | awk '$1 == "0:" { sub(/\\.\\./, "", $4); print $4 }')
      physical=$(btrfs-map-logical -l $((block * 4096)) "$DEVICE" 2> /dev/null | awk '/^mirror 1 / { print $6; exit }')
      fact "$file is at" "$physical"
      places="\${places:-} $physical"
    done
    umount top
    for place in $places; do
      dd if=/dev/urandom of="$IMAGE" bs=1 seek="$place" count=512 conv=notrunc status=none
    done
    first_mount subvolid=5 top
    attempt checked cat top/checked
    attempt unchecked cmp --bytes=65536 top/unchecked /dev/zero
    attempt scrub btrfs scrub start -B -R top`);
  expect(Number(seen["checked is at"])).toBeGreaterThan(0);
  expect(seen["checked said"]).toContain("Input/output error");
  expect(seen["unchecked said"]).toContain("differ");
  expect(seen["scrub said"]).toMatch(/csum_errors: 1$/m);
});
