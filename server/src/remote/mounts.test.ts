import { describe, expect, it } from "vitest";
import { boundFrom, hidesNothing, readMounts, showsRoot } from "./mounts.ts";

/** What is said of the last of the mounts. */
function said(...lines: string[]): string {
  const mounts = readMounts(lines.map((line) => `36 1 0:30 ${line}`).join("\n"));
  const last = mounts.at(-1)!;
  return `${showsRoot(last, mounts) ? "root" : "other"}${hidesNothing(last, mounts) ? ", hides nothing" : ""}`;
}

describe("a mount", () => {
  const root = "/@/root / rw - btrfs /dev/sda2 rw,subvolid=256,subvol=/@/root";
  it.each([
    [
      "a folder of the root at its own place",
      "/@/root/a /a rw - btrfs /dev/sda2 rw,subvolid=256",
      "root, hides nothing",
    ],
    ["a folder of the root elsewhere", "/@/root/a /b rw - btrfs /dev/sda2 rw,subvolid=256", "root"],
    ["another subvolume", "/persist/a /a rw - btrfs /dev/sda2 rw,subvolid=257", "other"],
    ["the same number of another disk", "/@/root/a /a rw - btrfs /dev/sdb2 rw,subvolid=256", "other"],
    ["something in memory", "/ /a rw - tmpfs none rw", "other"],
  ])("of %s", (_, line, expected) => expect(said(root, line)).toBe(expected));

  it("of a root on ext4, in memory or of an overlay is known as far as its source tells", () => {
    expect(said("/ / rw - ext4 /dev/sda2 rw", "/a /a rw - ext4 /dev/sda2 rw")).toBe("root, hides nothing");
    expect(said("/ / rw - ext4 /dev/sda2 rw", "/a /b rw - ext4 /dev/sda2 rw")).toBe("root");
    expect(said("/ / rw - tmpfs none rw", "/a /a rw - tmpfs none rw")).toBe("root, hides nothing");
    expect(said("/ / rw - tmpfs none rw", "/ /a rw - tmpfs none rw")).toBe("other");
    expect(said("/ / rw - tmpfs tmpfs rw", "/netns /run/netns rw - tmpfs tmpfs rw")).toBe("other");
    expect(said("/ / rw - overlay overlay rw", "/ /var/lib/docker/merged rw - overlay overlay rw")).toBe("other");
  });
});

it("what shows a path from elsewhere is named, and no other mount", () => {
  const btrfs = "rw - btrfs /dev/sda2 rw";
  const mounts = readMounts(
    [
      `/@/root / ${btrfs}`,
      `/@/persist /persist ${btrfs}`,
      `/@/persist/var/lib/a /var/lib/a ${btrfs}`,
      `/@/persist/var/lib/a/deep /srv ${btrfs}`,
      `/@/persist/var/lib/ab /var/lib/ab ${btrfs}`,
      `/@/root/etc /mnt/etc ${btrfs}`,
      "/@/persist/var/lib/a /other rw - btrfs /dev/sdb2 rw",
      "/ /run rw - tmpfs tmpfs rw",
      "/x /run/user/x rw - tmpfs tmpfs rw",
    ]
      .map((line) => `36 1 0:30 ${line}`)
      .join("\n"),
  );
  expect(boundFrom(mounts, "/persist/var/lib/a")).toEqual(["/var/lib/a", "/srv"]);
  expect(boundFrom(mounts, "/var/lib/a/deep")).toEqual(["/srv"]);
  expect(boundFrom(mounts, "/etc")).toEqual(["/mnt/etc"]);
  for (const path of ["/persist/var/lib/a/x", "/var/lib/a", "/etc/x", "/run/x"])
    expect(boundFrom(mounts, path)).toEqual([]);
});
