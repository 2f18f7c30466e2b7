import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { fakeConfig, perhaps, unknown } from "../testing/fake-config.ts";
import { readDisko } from "./disko.ts";
import { readFileSystems } from "./file-systems.ts";

function mounts(devices: unknown, rest: Record<string, unknown> = {}) {
  const root = fakeConfig({ disko: { devices }, ...rest });
  const disko = readDisko(root);
  const fileSystems = readFileSystems(root, disko, undefined);
  const table = Object.fromEntries(
    fileSystems.list.map((fs) => [
      fs.mountpoint,
      [
        fs.device.known ? fs.device.value : `? ${fs.device.why}`,
        fs.fsType.known ? fs.fsType.value : "?",
        fs.options.map(({ text }) => text).join(","),
      ].join(" "),
    ]),
  );
  return { disko, table, fileSystems };
}

const disk = (content: unknown) => ({ disk: { main: { device: "/dev/sda", content } } });
const gpt = (content: unknown, more: Record<string, unknown> = {}) =>
  disk({ type: "gpt", partitions: { root: { size: "100%", ...more, content } } });

describe("readDisko", () => {
  it("derives btrfs subvolumes below gpt and luks as disko does", () => {
    const { table } = mounts(
      gpt({
        type: "luks",
        name: "crypted",
        content: {
          type: "btrfs",
          mountpoint: "/top",
          subvolumes: {
            "/root": { mountpoint: "/", mountOptions: ["compress=zstd", "noatime"] },
            nix: { mountpoint: "/nix" },
            unused: {},
          },
        },
      }),
    );
    expect(table).toEqual({
      "/": "/dev/mapper/crypted btrfs compress=zstd,noatime,subvol=/root",
      "/nix": "/dev/mapper/crypted btrfs defaults,subvol=nix",
      "/top": "/dev/mapper/crypted btrfs defaults",
    });
  });

  it("reads a list of named subvolumes as the set it meant", () => {
    const { disko, table, fileSystems } = mounts(
      gpt({
        type: "btrfs",
        subvolumes: [
          { name: "root", mountpoint: "/" },
          { name: "nix", mountpoint: "/nix", compress: "zstd:1", neededForBoot: true, mountOptions: ["noatime"] },
          { mountpoint: "/lost" },
        ],
      }),
    );
    expect(table).toEqual({
      "/": "/dev/disk/by-partlabel/disk-main-root btrfs defaults,subvol=root",
      "/nix": "/dev/disk/by-partlabel/disk-main-root btrfs noatime,subvol=nix",
    });
    expect(disko.layouts[0]?.writtenAsList).toBe(true);
    expect(disko.layouts[0]?.open).toContain("no name");
    const nix = disko.layouts[0]?.subvolumes[1];
    expect(nix?.unknownKeys.map(({ key, value }) => [key, value.known && value.value])).toEqual([
      ["compress", "zstd:1"],
      ["neededForBoot", true],
    ]);
    const fs = fileSystems.list.find(({ mountpoint }) => mountpoint === "/nix");
    expect(fs?.neededForBoot).toMatchObject({ known: true, value: false });
    expect(fs?.disko).toBe(nix);
  });

  it("takes the device from uuid, long labels, escaped labels and mdadm", () => {
    const fs = { type: "filesystem", format: "ext4", mountpoint: "/" };
    const uuid = "0f0f0f0f-0000-4000-8000-000000000000";
    expect(mounts(gpt(fs, { uuid })).table["/"]).toBe(`/dev/disk/by-partuuid/${uuid} ext4 defaults`);
    expect(mounts(gpt(fs, { label: "Boot data (1)" })).table["/"]).toBe(
      "/dev/disk/by-partlabel/Boot\\x20data\\x20\\x281\\x29 ext4 defaults",
    );
    const long = "x".repeat(40);
    const hash = createHash("sha256").update(`disk-main-${long}`).digest("hex").slice(0, 36);
    expect(mounts(disk({ type: "gpt", partitions: { [long]: { content: fs } } })).table["/"]).toBe(
      `/dev/disk/by-partlabel/${hash} ext4 defaults`,
    );
    const array = {
      mdadm: {
        raid: {
          content: { type: "gpt", partitions: { root: { size: "100%", content: fs }, a: { size: "1G" } } },
        },
      },
    };
    expect(mounts(array).table["/"]).toBe("/dev/disk/by-id/md-name-any:raid-part2 ext4 defaults");
  });

  it("derives lvm, nodev, bcachefs, zfs and the legacy table", () => {
    const { table, disko, fileSystems } = mounts({
      disk: {
        a: {
          device: "/dev/nvme0n1",
          content: {
            type: "table",
            partitions: [{ name: "boot", content: { type: "filesystem", format: "vfat", mountpoint: "/boot" } }],
          },
        },
      },
      lvm_vg: { pool: { lvs: { home: { content: { type: "filesystem", format: "xfs", mountpoint: "/home" } } } } },
      nodev: { "/tmp": { fsType: "tmpfs", mountOptions: ["size=2G"] } },
      bcachefs_filesystems: {
        main: {
          type: "bcachefs_filesystem",
          uuid: "u-1",
          subvolumes: { "@root": { mountpoint: "/", mountOptions: ["noatime"] } },
        },
      },
      zpool: {
        tank: {
          rootFsOptions: { mountpoint: "none" },
          mountpoint: "/tank",
          datasets: {
            "local/nix": { type: "zfs_fs", mountpoint: "/nix", options: { mountpoint: "legacy" } },
            data: { type: "zfs_fs", mountpoint: "/data" },
            off: { type: "zfs_fs", mountpoint: "/off", options: { canmount: "off" } },
            vol: { type: "zfs_volume", content: { type: "filesystem", format: "ext4", mountpoint: "/vol" } },
          },
        },
      },
    });
    expect(table).toEqual({
      "/": "/dev/disk/by-uuid/u-1 bcachefs X-mount.mkdir,X-mount.subdir=@root,noatime",
      "/boot": "/dev/nvme0n1p1 vfat defaults",
      "/data": "tank/data zfs defaults,zfsutil",
      "/home": "/dev/pool/home xfs defaults",
      "/nix": "tank/local/nix zfs defaults",
      "/tmp": "tmpfs tmpfs size=2G",
      "/vol": "/dev/zvol/tank/vol ext4 defaults",
    });
    expect(fileSystems.list[0]?.neededForBoot).toMatchObject({ known: true, value: true });
    expect(fileSystems.list[0]?.subvolume).toMatchObject({ known: true, value: "@root" });
    expect(disko.layouts.map(({ fsType }) => fsType).sort()).toEqual(["bcachefs", "zfs"]);
  });

  it("keeps what it cannot know as unknown", () => {
    const { table, disko, fileSystems } = mounts(
      gpt({
        type: "btrfs",
        subvolumes: { root: { mountpoint: "/" }, data: perhaps({ mountpoint: "/data" }, "config.big is not known") },
      }),
    );
    expect(fileSystems.list.find((fs) => fs.mountpoint === "/data")?.certain).toMatchObject({ answer: "unknown" });
    expect(table["/"]).toContain("subvol=root");
    expect(disko.open).toBeUndefined();
    const hidden = mounts({ disk: { main: { device: unknown("needs hostname"), content: unknown("needs lib.x") } } });
    expect(hidden.disko.open).toBe("needs lib.x");
    const named = mounts({
      disk: {
        main: { device: unknown("needs hostname"), content: { type: "filesystem", format: "ext4", mountpoint: "/" } },
      },
    });
    expect(named.table["/"]).toBe("? needs hostname ext4 defaults");
  });

  it("derives nothing when enableConfig is off", () => {
    const root = fakeConfig({
      disko: { enableConfig: false, devices: { nodev: { "/": { fsType: "tmpfs" } } } },
    });
    expect(readDisko(root).mounts).toEqual([]);
  });

  it("does not claim to know what it cannot interpret", () => {
    const open = (devices: Record<string, unknown>) => readDisko(fakeConfig({ disko: { devices } })).open;
    const disk = (content: unknown) => ({ disk: { main: { device: "/dev/sda", content } } });
    expect(open(disk({ type: "swap" }))).toBeUndefined();
    expect(open(disk({ type: "zfs", pool: "rpool" }))).toBeUndefined();
    expect(open(disk({ type: "stratis" }))).toContain("`stratis`");
    expect(open({ ...disk({ type: "swap" }), stratis_pool: { a: {} } })).toContain("`disko.devices.stratis_pool`");
  });
});
