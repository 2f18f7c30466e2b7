// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are Nix programs.
import { describe, expect, it } from "vitest";
import { analyseFiles } from "../testing/analyse-files.ts";

/** Why a host that imports something of NixOS is not known in all, and the codes of its findings. */
async function host(imported: string) {
  const { hosts, findings } = await analyseFiles({
    "/flake.nix": `{
      inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
      inputs.disko.url = "github:nix-community/disko";
      outputs = { nixpkgs, disko, ... }: {
        nixosConfigurations.a = nixpkgs.lib.nixosSystem {
          modules = [
            disko.nixosModules.disko
            ({ modulesPath, ... }: {
              imports = [ (${imported}) ];
              disko.enableConfig = false;
              disko.devices.nodev."/data" = { fsType = "tmpfs"; mountpoint = "/data"; };
            })
          ];
        };
      };
    }`,
  });
  return { unknown: hosts[0]?.incomplete.map(({ why }) => why), codes: findings.map(({ code }) => code) };
}

describe("modules of NixOS that give hosts filesystems", () => {
  const ways = [
    'modulesPath + "/installer/kexec/kexec-boot.nix"',
    '"${modulesPath}/virtualisation/qemu-vm.nix"',
    '"${nixpkgs}/nixos/modules/installer/sd-card/sd-image-powerpc64le.nix"',
    "<nixpkgs/nixos/modules/virtualisation/azure-image.nix>",
  ];
  it.each(ways)("leave open which there are: %s", async (imported) => {
    const { unknown, codes } = await host(imported);
    expect(unknown?.join()).toContain("gives the host filesystems of its own");
    expect(codes).not.toContain("IMP211");
  });

  it("are of no matter where they are images of disks and the workspace gives the host its root", async () => {
    const root = '{ fileSystems."/" = { device = "/dev/vda1"; fsType = "ext4"; }; imports = [ "${modulesPath}';
    expect((await host(`${root}/virtualisation/vmware-image.nix" ]; }`)).unknown).toEqual([]);
    expect((await host(`${root}/virtualisation/qemu-vm.nix" ]; }`)).unknown).toHaveLength(1);
  });

  it("are not those that leave filesystems alone", async () => {
    for (const file of ["profiles/qemu-guest.nix", "installer/scan/not-detected.nix", "installer/cd-dvd/channel.nix"]) {
      const { unknown, codes } = await host(`modulesPath + "/${file}"`);
      expect(unknown).toEqual([]);
      expect(codes).toContain("IMP211");
    }
  });
});
