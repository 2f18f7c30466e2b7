import { describe, expect, it } from "vitest";
import { after, before, fakeConfig, force, perhaps, unknown } from "../testing/fake-config.ts";
import { readDisko } from "./disko.ts";
import { readFileSystems } from "./file-systems.ts";

function at(mountpoint: string, config: Record<string, unknown>, unseen?: string) {
  const root = fakeConfig(config);
  const found = readFileSystems(root, readDisko(root), unseen).list.find((fs) => fs.mountpoint === mountpoint);
  if (!found) throw new Error(`no filesystem at ${mountpoint}`);
  return found;
}
const texts = (fs: ReturnType<typeof at>) => fs.options.map(({ text }) => text);
const btrfsRoot = {
  devices: {
    disk: {
      d: {
        device: "/dev/sda",
        content: { type: "btrfs", subvolumes: { root: { mountpoint: "/", mountOptions: ["noatime"] } } },
      },
    },
  },
};

describe("readFileSystems", () => {
  it("reads an entry with its flag, label and mountPoint", () => {
    const fs = at("/persist", {
      fileSystems: { p: { mountPoint: "/persist/", label: "data", fsType: "ext4", neededForBoot: true } },
    });
    expect(fs.device).toMatchObject({ known: true, value: "/dev/disk/by-label/data" });
    expect(fs.neededForBoot).toMatchObject({ known: true, value: true });
    expect(fs.mountedInInitrd.answer).toBe("yes");
    expect(texts(fs)).toEqual(["defaults"]);
    expect(fs.subvolume).toBeUndefined();
  });

  it("concatenates disko's options and the module's, and does not guess which subvol wins", () => {
    const fs = at("/", { disko: btrfsRoot, fileSystems: { "/": { options: ["subvol=@root", "compress=zstd"] } } });
    expect(texts(fs)).toEqual(["noatime", "subvol=root", "subvol=@root", "compress=zstd"]);
    expect(fs.options.map(({ from }) => from)).toEqual(["disko", "derived", "fileSystems", "fileSystems"]);
    expect(fs.subvolumeOptions).toHaveLength(2);
    expect(fs.subvolume).toMatchObject({ known: false });
    expect(fs.declaredBy).toBe("both");
  });

  it("knows the order of mkBefore, mkAfter and mkForce", () => {
    const options = (wrap: (value: unknown) => unknown) =>
      at("/", { disko: btrfsRoot, fileSystems: { "/": { options: wrap(["subvol=@root"]) } } }).subvolume;
    expect(options(after)).toMatchObject({ value: "@root" });
    expect(options(before)).toMatchObject({ value: "root" });
    expect(options(force)).toMatchObject({ value: "@root" });
  });

  it("reports a device that two definitions contradict", () => {
    const both = (device: unknown) => at("/", { disko: btrfsRoot, fileSystems: { "/": { device } } }).device;
    expect(both("/dev/sdb")).toMatchObject({ known: false });
    expect(both("/dev/sda")).toMatchObject({ value: "/dev/sda" });
    expect(both(force("/dev/sdb"))).toMatchObject({ value: "/dev/sdb" });
  });

  it("takes a flag as unknown when a condition or an unread module decides it", () => {
    const fs = at("/p", {
      fileSystems: { "/p": { fsType: "ext4", neededForBoot: perhaps(true, "config.x is not known") } },
    });
    expect(fs.neededForBoot).toMatchObject({ known: false, why: "config.x is not known" });
    expect(
      at("/p", { fileSystems: { "/p": { fsType: "ext4" } } }, "./gone.nix is missing").neededForBoot,
    ).toMatchObject({
      known: false,
      why: "./gone.nix is missing",
    });
    expect(at("/p", { fileSystems: { "/p": { fsType: "ext4" } } }).mountedInInitrd.answer).toBe("no");
    expect(
      at("/var/log", { fileSystems: { "/var/log": { fsType: "ext4", neededForBoot: false } } }).mountedInInitrd.answer,
    ).toBe("yes");
  });

  it("keeps disko's flag for bcachefs unless the user forces it off", () => {
    const disko = { devices: { bcachefs_filesystems: { m: { uuid: "u", subvolumes: { p: { mountpoint: "/p" } } } } } };
    expect(at("/p", { disko }).neededForBoot).toMatchObject({ value: true });
    expect(at("/p", { disko, fileSystems: { "/p": { neededForBoot: force(false) } } }).neededForBoot).toMatchObject({
      value: false,
    });
  });

  it("keeps uncertain options apart", () => {
    const fs = at("/", {
      fileSystems: { "/": { fsType: "btrfs", options: [perhaps("subvol=a", "why not"), "noatime"] } },
    });
    expect(fs.options.map(({ certain }) => certain)).toEqual([false, true]);
    expect(fs.subvolume).toMatchObject({ known: false });
    const open = at("/", { fileSystems: { "/": { fsType: "btrfs", options: unknown("needs x") } } });
    expect(open.optionsOpen).toBe("needs x");
    expect(open.subvolume).toMatchObject({ known: false, why: "needs x" });
  });

  it("skips entries that are switched off", () => {
    const root = fakeConfig({ fileSystems: { "/old": { enable: false, fsType: "ext4" } } });
    expect(readFileSystems(root, readDisko(root), undefined).list).toEqual([]);
  });
});
