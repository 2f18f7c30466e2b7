import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { escapePart, meantDevice, pathOfUnit, unitOfPath } from "./unit-names.ts";

const PATHS = [
  "/",
  "/dev/disk/by-partlabel/disk-main-root",
  "/mnt/my-data",
  "/dev/disk/by-label/EFI SYSTEM",
  "/home/.snapshots",
  "/srv/grüße",
  "/dev/mapper/vg0-root_1",
];

describe("names of units for paths", () => {
  const hasEscape = spawnSync("systemd-escape", ["--version"]).status === 0;

  it.runIf(hasEscape)("are those of systemd-escape", () => {
    for (const path of PATHS) {
      const real = spawnSync("systemd-escape", ["--path", "--suffix=mount", path], { encoding: "utf8" }).stdout.trim();
      expect(unitOfPath(path, "mount")).toBe(real);
    }
    const instance = spawnSync("systemd-escape", ["crypt-root.1"], { encoding: "utf8" }).stdout.trim();
    expect(escapePart("crypt-root.1")).toBe(instance);
  });

  it("lead back to the path", () => {
    for (const path of PATHS.filter((one) => !one.includes("ü")))
      expect(pathOfUnit(unitOfPath(path, "device"))).toBe(path);
  });

  it.each([
    ["dev-disk-by-label-nixos.device", "/dev/disk/by-label/nixos"],
    ["dev-disk-by\\x2dpartlabel-disk-main-root.device", "/dev/disk/by-partlabel/disk-main-root"],
    ["dev-disk-by-partlabel-disk\\x2dmain.device", "/dev/disk/by-partlabel/disk-main"],
    ["dev-mapper-vg-root.device", "/dev/mapper/vg-root"],
  ])("%s was meant for %s", (name, meant) => {
    expect(meantDevice(name)).toBe(meant);
  });

  it.each([
    "dev-disk-by\\x2dlabel-nixos.device",
    "dev-mapper-crypted.device",
    "dev-mapper-vg\\x2droot.device",
    "dev-vg-root.device",
    "dev-nvme0n1p2.device",
    "mnt-my-data.mount",
  ])("%s may be what it says", (name) => {
    expect(meantDevice(name)).toBeUndefined();
  });
});
