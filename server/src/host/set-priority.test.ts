import { expect, it } from "vitest";
import { analyseFiles } from "../testing/analyse-files.ts";
import type { FileSystem } from "./host.ts";

const DISKO = `disko.devices.disk.main = {
  device = "/dev/sda";
  content = {
    type = "btrfs";
    subvolumes = { "@persist".mountpoint = "/persist"; "@log".mountpoint = "/var/log"; };
  };
};`;

async function fileSystems(text: string): Promise<readonly FileSystem[]> {
  const { hosts } = await analyseFiles({ "/host.nix": `{ lib, config, ... }: { ${text} }` });
  return hosts[0]?.fileSystems ?? [];
}

const shown = (list: readonly FileSystem[]) =>
  list.map(({ mountpoint, device, declaredBy }) => [mountpoint, device.known && device.value, declaredBy]);

it("leaves nothing of disko's filesystems where all of fileSystems is forced", async () => {
  const list = await fileSystems(`${DISKO}
    fileSystems = lib.mkForce { "/persist" = { device = "/dev/sdb1"; fsType = "ext4"; }; };
    fileSystems."/elsewhere" = { device = "/dev/sdc1"; fsType = "ext4"; };`);
  expect(shown(list)).toEqual([["/persist", "/dev/sdb1", "fileSystems"]]);
});

it("leaves nothing of disko's entry where the entry is forced", async () => {
  const list = await fileSystems(
    `${DISKO} fileSystems."/persist" = lib.mkForce { device = "/dev/sdb1"; fsType = "ext4"; };`,
  );
  expect(shown(list)).toEqual([
    ["/persist", "/dev/sdb1", "fileSystems"],
    ["/var/log", "/dev/sda", "disko"],
  ]);
  expect(list[0]?.options.map(({ text }) => text)).toEqual(["defaults"]);
});

it("lets disko replace an entry that is only a default", async () => {
  const list = await fileSystems(
    `${DISKO} fileSystems."/persist" = lib.mkDefault { device = "/dev/sdb1"; neededForBoot = true; };`,
  );
  expect(shown(list)[0]).toEqual(["/persist", "/dev/sda", "disko"]);
  expect(list[0]?.neededForBoot).toMatchObject({ value: false });
});

it("does not say that disko's entry is there where a condition may force it away", async () => {
  const list = await fileSystems(
    `${DISKO} fileSystems = lib.mkIf config.unseen.flag (lib.mkForce { "/x" = { device = "/dev/x"; fsType = "ext4"; }; });`,
  );
  expect(list.find(({ mountpoint }) => mountpoint === "/persist")?.certain.answer).toBe("unknown");
});

it("makes a mount of the directories of an overlay", async () => {
  const list = await fileSystems(`fileSystems."/nix/store".overlay = {
    lowerdir = [ "/nix/.ro-store" ]; upperdir = "/nix/.rw-store/store"; workdir = "/nix/.rw-store/work";
  };`);
  expect(list[0]).toMatchObject({ device: { value: "overlay" }, fsType: { value: "overlay" } });
  expect(list[0]?.options.map(({ text }) => text)).toEqual([
    "lowerdir=/nix/.ro-store",
    "upperdir=/nix/.rw-store/store",
    "workdir=/nix/.rw-store/work",
  ]);
});

it("blames what cannot be seen of disko for a device that nobody sets in sight", async () => {
  const list = await fileSystems(`disko.devices = lib.unheard.of { }; fileSystems."/persist".neededForBoot = true;`);
  expect(list[0]?.device).toMatchObject({ known: false, why: expect.stringContaining("unheard") });
});
