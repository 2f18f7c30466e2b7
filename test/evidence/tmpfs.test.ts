import { expect, it } from "vitest";
import { inSandbox } from "./sandbox.ts";

it("T1: everybody may write to the top of a tmpfs, unless its mode says otherwise", () => {
  const seen = inSandbox(`
    mkdir plain strict
    mount -t tmpfs none plain
    mount -t tmpfs -o mode=755 none strict
    for root in plain strict; do
      fact "$root mode" "$(stat --format=%a $root)"
      attempt "$root" setpriv --reuid 1000 --regid 1000 --clear-groups mkdir $root/etc
    done`);
  expect(seen["plain mode"]).toBe("1777");
  expect(seen.plain).toBe("0");
  expect(seen["strict mode"]).toBe("755");
  expect(seen["strict said"]).toContain("Permission denied");
});

it("T2: a tmpfs takes half of the memory when no size is given", () => {
  const seen = inSandbox(`
    mkdir plain
    mount -t tmpfs none plain
    fact blocks "$(stat --file-system --format='%b %S' plain)"
    fact memory "$(awk '/^MemTotal/ { print $2 }' /proc/meminfo)"`);
  const [blocks, size] = seen.blocks!.split(" ").map(Number);
  const share = (blocks! * size!) / (Number(seen.memory) * 1024);
  expect(share).toBeGreaterThan(0.45);
  expect(share).toBeLessThan(0.55);
});

it.each(["size=2GB", "size=2GiB", "size=25 %", "size=lots", "mode=rwx"])(
  "T2: a tmpfs with %s cannot be mounted",
  (options) => {
    const seen = inSandbox(
      `
    mkdir root
    attempt mount mount -t tmpfs -o "$1" none root`,
      options,
    );
    expect(seen.mount).not.toBe("0");
    expect(seen["mount said"]).toMatch(/bad option|wrong fs type/);
  },
);

it.each(["size=2G", "size=512M", "size=25%", "size=150%", "size=1048576", "size=2g"])(
  "T2: a tmpfs with %s can be mounted",
  (options) => {
    const seen = inSandbox(
      `
      mkdir root
      attempt mount mount -t tmpfs -o "$1" none root`,
      options,
    );
    expect(seen["mount said"]).toBe("");
  },
);

it("T1: no rule that systemd brings along changes the mode of the root", () => {
  const seen = inSandbox(`
    attempt rules systemd-tmpfiles --cat-config
    fact "of the root" "$(systemd-tmpfiles --cat-config | awk '!/^#/ && $2 == "/"')"`);
  expect(seen["rules said"]).toContain("/var/tmp");
  expect(seen["of the root"]).toBe("");
});
