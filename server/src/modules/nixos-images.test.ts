// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are Nix programs.
import { describe, expect, it } from "vitest";
import { analyseFiles } from "../testing/analyse-files.ts";

const PERSIST = 'environment.persistence."/persist".directories = [ "/var/lib/nixos" ];';

/** What is known of the filesystems of a host with a module. */
async function host(module: string, release = "25.11") {
  const { hosts, findings } = await analyseFiles({
    "/flake.nix": `{
      inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-${release}";
      inputs.impermanence.url = "github:nix-community/impermanence";
      outputs = { nixpkgs, impermanence, ... }: {
        nixosConfigurations.a = nixpkgs.lib.nixosSystem {
          system = "x86_64-linux";
          modules = [ impermanence.nixosModules.impermanence ./host.nix ];
        };
      };
    }`,
    "/host.nix": `{ config, lib, modulesPath, ... }: ${module}`,
  });
  const [only] = hosts;
  return {
    unknown: only?.incomplete.map(({ why }) => why),
    open: only?.fileSystemsOpen,
    root: only?.ephemeralRoot.kind,
    mounts: Object.fromEntries(
      (only?.fileSystems ?? []).map((fs) => [
        fs.mountpoint,
        [fs.fsType.known ? fs.fsType.value : fs.fsType.why, fs.device.known ? fs.device.value : fs.device.why].join(
          " ",
        ),
      ]),
    ),
    early: only?.fileSystems
      .filter(({ mountedInInitrd }) => mountedInInitrd.answer === "yes")
      .map((fs) => fs.mountpoint),
    findings: findings
      .filter(({ severity }) => severity !== "information")
      .map(({ code, message }) => `${code} ${message}`),
  };
}

describe("live media", () => {
  it("have a root in memory and a store that comes as an image", async () => {
    const { unknown, open, root, mounts, early } = await host(
      '{ imports = [ "${modulesPath}/installer/cd-dvd/iso-image.nix" ]; }',
    );
    expect({ unknown, open, root }).toEqual({ unknown: [], open: undefined, root: "tmpfs" });
    expect(mounts).toEqual({
      "/": "tmpfs tmpfs",
      "/iso": "iso9660 /dev/root",
      "/nix/.ro-store": "squashfs /iso/nix-store.squashfs",
      "/nix/.rw-store": "tmpfs tmpfs",
      "/nix/store": "overlay overlay",
    });
    expect(early).toEqual(Object.keys(mounts));
  });

  it("put an installation medium's filesystems in the place of the host's", async () => {
    const own = 'fileSystems."/persist" = { device = "/dev/sda1"; fsType = "ext4"; };';
    const plain = await host(`{ imports = [ (modulesPath + "/installer/cd-dvd/iso-image.nix") ]; ${own} }`);
    expect(plain.mounts["/persist"]).toBe("ext4 /dev/sda1");
    const medium = await host(
      `{ imports = [ (modulesPath + "/installer/cd-dvd/installation-cd-minimal.nix") ]; ${own} }`,
    );
    expect(Object.keys(medium.mounts)).toEqual(["/", "/iso", "/nix/.ro-store", "/nix/.rw-store", "/nix/store"]);
  });

  it("can be read back from `config.lib`, and added to there", async () => {
    const { mounts } = await host(`{
      imports = [ "\${modulesPath}/installer/cd-dvd/iso-image.nix" ];
      fileSystems = lib.mkImageMediaOverride config.lib.isoFileSystems;
      lib.isoFileSystems."/home" = { fsType = "tmpfs"; };
    }`);
    expect(mounts["/home"]).toBe("tmpfs tmpfs");
    expect(mounts["/"]).toBe("tmpfs tmpfs");
  });

  it("are found by a label where systemd runs the initrd, with the edition and the release in it", async () => {
    const device = async (file: string) =>
      (await host(`{ imports = [ "\${modulesPath}/installer/cd-dvd/${file}.nix" ]; }`, "26.05")).mounts["/iso"];
    expect(await device("iso-image")).toBe("iso9660 /dev/disk/by-label/nixos-26.05-x86_64");
    expect(await device("installation-cd-minimal")).toBe("iso9660 /dev/disk/by-label/nixos-minimal-26.05-x86_64");
    expect(await device("installation-cd-graphical-base")).toContain("isoImage.volumeID");
    const named = await host(
      '{ imports = [ "${modulesPath}/installer/cd-dvd/iso-image.nix" ]; isoImage.volumeID = "live"; }',
      "26.05",
    );
    expect(named.mounts["/iso"]).toBe("iso9660 /dev/disk/by-label/live");
  });

  it("are no hosts that forget, whatever stores their modules have", async () => {
    const cases = ["cd-dvd/iso-image.nix", "cd-dvd/installation-cd-minimal.nix", "netboot/netboot-minimal.nix"];
    for (const file of cases) {
      const { findings, unknown } = await host(
        `{ imports = [ "\${modulesPath}/installer/${file}" ]; ${PERSIST} services.postgresql.enable = true; system.stateVersion = "25.11"; }`,
      );
      expect(unknown).toEqual([]);
      expect(findings).toEqual([]);
    }
  });
});

describe("images of disks", () => {
  it.each([
    ["installer/sd-card/sd-image-aarch64.nix", "ext4 /dev/disk/by-label/NIXOS_SD"],
    ["installer/sd-card/sd-image-aarch64-installer.nix", "ext4 /dev/disk/by-label/NIXOS_SD"],
    ["virtualisation/amazon-image.nix", "ext4 /dev/disk/by-label/nixos"],
    ["virtualisation/digital-ocean-image.nix", "ext4 /dev/disk/by-label/nixos"],
    ["virtualisation/hyperv-image.nix", "ext4 /dev/disk/by-label/nixos"],
    ["virtualisation/oci-image.nix", "ext4 /dev/disk/by-label/nixos"],
    ["virtualisation/proxmox-image.nix", "ext4 /dev/disk/by-label/nixos"],
  ])("have a root: %s", async (file, device) => {
    const { unknown, mounts, root } = await host(`{ imports = [ "\${modulesPath}/${file}" ]; }`);
    expect(unknown).toEqual([]);
    expect(mounts["/"]).toBe(device);
    expect(root).toBe("none");
  });

  it("depend on options as they do in NixOS", async () => {
    const card = await host(
      '{ imports = [ "${modulesPath}/installer/sd-card/sd-image.nix" ]; sdImage.rootVolumeLabel = "x"; }',
    );
    expect(card.mounts["/"]).toBe("ext4 /dev/disk/by-label/x");
    const proxmox = (settings: string) =>
      host(`{ imports = [ "\${modulesPath}/virtualisation/proxmox-image.nix" ]; ${settings} }`);
    expect(Object.keys((await proxmox("")).mounts)).toEqual(["/"]);
    expect((await proxmox('proxmox.qemuConf.bios = "ovmf";')).mounts["/boot"]).toBe("vfat /dev/disk/by-label/ESP");
  });

  it("yield to a root that the workspace or disko gives the host", async () => {
    const plain = await host(`{
      imports = [ "\${modulesPath}/virtualisation/proxmox-image.nix" ];
      fileSystems."/" = { device = "/dev/vda1"; fsType = "btrfs"; };
    }`);
    expect(plain.mounts).toEqual({ "/": "btrfs /dev/vda1" });
    const disko = await host(`{
      imports = [ "\${modulesPath}/virtualisation/amazon-image.nix" ];
      disko.devices.nodev."/" = { fsType = "tmpfs"; mountpoint = "/"; mountOptions = [ "mode=755" ]; };
    }`);
    expect(disko.root).toBe("tmpfs");
    expect(disko.findings.join()).not.toContain("declared twice");
  });

  it("yield to a root that is said with more force", async () => {
    const { mounts } = await host(`{
      imports = [ "\${modulesPath}/virtualisation/proxmox-image.nix" ];
      fileSystems."/" = lib.mkForce { device = "none"; fsType = "tmpfs"; };
    }`);
    expect(mounts["/"]).toBe("tmpfs none");
  });
});
