import { describe, expect, it } from "vitest";
import { fakeConfig, unknown } from "../testing/fake-config.ts";
import { readDisko } from "./disko.ts";
import { readFileSystems } from "./file-systems.ts";
import { readMicrovm } from "./microvm.ts";

/** The filesystems of a guest: device, type, options, and `!` where the flag for the initrd is set. */
function guest(microvm: Record<string, unknown>, rest: Record<string, unknown> = {}) {
  const root = fakeConfig({ microvm, ...rest });
  const made = readMicrovm(root);
  const mounts = [...readDisko(root).mounts, ...made.mounts];
  const { list, open } = readFileSystems(root, { mounts, open: made.open }, undefined);
  const lines = list.map((fs) => {
    const parts = [fs.device, fs.fsType].map((part) => (part.known ? part.value : "?"));
    const options = fs.options.map(({ text }) => text).join(",");
    return `${fs.mountpoint} ${parts.join(" ")} ${options}${fs.neededForBoot.known && fs.neededForBoot.value ? " !" : ""}`;
  });
  return { lines, open };
}

const share = (source: string, mountPoint: string, more = {}) => ({ tag: "tag", source, mountPoint, ...more });

describe("readMicrovm", () => {
  it("mounts the store disk and a tmpfs at / for a guest that says nothing", () => {
    expect(guest({ mem: 512 }).lines).toEqual([
      "/ rootfs tmpfs size=50%,mode=0755 !",
      "/nix/store /dev/vda erofs ro !",
    ]);
  });

  it("mounts shares and volumes; the letter of the first volume follows the store disk", () => {
    const volumes = [
      { mountPoint: "/persist", size: 1024, image: "persist.img" },
      { mountPoint: "/var", label: "var", fsType: "xfs", image: "var.img" },
      { mountPoint: null, image: "swap.img" },
    ];
    expect(guest({ shares: [share("/srv", "/srv", { proto: "virtiofs" })], volumes }).lines).toEqual([
      "/ rootfs tmpfs size=50%,mode=0755 !",
      "/nix/store /dev/vda erofs ro !",
      "/persist /dev/vdb ext4 defaults",
      "/srv tag virtiofs defaults,x-systemd.after=systemd-modules-load.service",
      "/var /dev/disk/by-label/var xfs defaults",
    ]);
  });

  it("needs no disk for the store where the host's is shared, and puts the overlay over it", () => {
    const { lines } = guest({
      shares: [share("/nix/store", "/nix/.ro-store")],
      volumes: [{ mountPoint: "/nix/.rw-store", image: "rw.img" }],
      writableStoreOverlay: "/nix/.rw-store",
    });
    expect(lines).toEqual([
      "/ rootfs tmpfs size=50%,mode=0755 !",
      "/nix/.ro-store tag 9p trans=virtio,version=9p2000.L,msize=65536,x-systemd.after=systemd-modules-load.service !",
      "/nix/.rw-store /dev/vda ext4 defaults !",
      "/nix/store overlay overlay defaults !",
    ]);
  });

  it("leaves the root to who mounts something there", () => {
    expect(guest({ volumes: [{ mountPoint: "/", image: "root.img" }] }).lines[0]).toBe("/ /dev/vdb ext4 defaults");
    const own = guest({ mem: 1 }, { fileSystems: { "/": { device: "/dev/vdc", fsType: "ext4" } } });
    expect(own.lines[0]).toBe("/ /dev/vdc ext4 defaults");
  });

  it("says nothing of the root where shares are not known", () => {
    const { lines, open } = guest({ shares: unknown("who knows") });
    expect(lines).toEqual([]);
    expect(open).toBe("who knows");
  });

  it("is silent for hosts of guests, and for what is no guest", () => {
    expect(guest({ vms: { one: {} }, host: { enable: true } }).lines).toEqual([]);
    expect(guest({ guest: { enable: false }, mem: 512 }).lines).toEqual([]);
  });
});
