import { describe, expect, it } from "vitest";
import { analyseFiles } from "../testing/analyse-files.ts";

const reset = `
  mkdir /mnt
  mount -o subvolid=5 /dev/vda2 /mnt
  btrfs subvolume delete /mnt/root
  btrfs subvolume create /mnt/root
  umount /mnt`;

async function rootOf(unit: string) {
  const { hosts } = await analyseFiles({
    "/host.nix": `{ config, lib, pkgs, ... }: {
      fileSystems."/" = { device = "/dev/vda2"; fsType = "btrfs"; options = [ "subvol=root" ]; };
      boot.initrd.systemd.enable = true;
      boot.initrd.systemd.services.reset = {
        wantedBy = [ "initrd.target" ];
        before = [ "sysroot.mount" ];
        unitConfig.DefaultDependencies = false;
        serviceConfig.Type = "oneshot";
        ${unit}
      };
    }`,
  });
  return hosts[0]?.ephemeralRoot;
}

describe("scripts that the configuration writes into the store", () => {
  it("are read where a unit starts them", async () => {
    const root = await rootOf(`serviceConfig.ExecStart = pkgs.writeShellScript "reset" ''${reset}'';`);
    expect(root).toMatchObject({ kind: "rollback", rollback: { wipes: ["root"] } });
  });

  it("are read through an interpolation", async () => {
    const root = await rootOf(`script = "\${pkgs.writeShellScript "reset" ''${reset}''} now";`);
    expect(root).toMatchObject({ kind: "rollback", rollback: { wipes: ["root"] } });
  });

  it("are read as programs of a package made for them", async () => {
    const root = await rootOf(
      `serviceConfig.ExecStart = lib.getExe (pkgs.writeShellApplication { name = "reset"; text = ''${reset}''; });`,
    );
    expect(root).toMatchObject({ kind: "rollback", rollback: { wipes: ["root"] } });
  });

  it("leave the root unknown where the text is not known", async () => {
    const root = await rootOf(
      `serviceConfig.ExecStart = pkgs.writeShellScript "reset" (builtins.readFile /etc/reset);`,
    );
    expect(root?.kind).toBe("unknown");
  });
});
