import { describe, expect, it } from "vitest";
import { analyseFiles } from "../testing/analyse-files.ts";
import type { Host } from "./host.ts";

/** A host with a root in memory and what is given beside it. */
async function host(config: string): Promise<Host> {
  const { hosts } = await analyseFiles({
    "/work/flake.nix": `{
      inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
      outputs = { self, nixpkgs }: { nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ({ pkgs, ... }: {
        fileSystems."/" = { device = "none"; fsType = "tmpfs"; options = [ "mode=755" ]; };
        ${config}
      }) ]; }; };
    }`,
  });
  return hosts[0] as Host;
}
const answer = (one: Host, path: string) => one.fateOf(path).survives.answer;

describe("mounts that fileSystems does not know", () => {
  it("sees what a script of the initrd mounts below the later root", async () => {
    const found = await host(`boot.initrd.systemd.services.store = {
      wantedBy = [ "initrd.target" ];
      script = ''
        mkdir -p /sysroot/nix
        /bin/mount --bind /sysroot/persist/nix /sysroot/nix
        mount /dev/sda2 /disk
      '';
    };
    boot.initrd.postMountCommands = "mount -t ext4 /dev/sdb1 /mnt-root/srv";`);
    expect(answer(found, "/nix/store")).toBe("unknown");
    expect(answer(found, "/srv/www")).toBe("unknown");
    expect(answer(found, "/disk")).toBe("no");
    expect(answer(found, "/srvx")).toBe("no");
  });

  it("leaves out what a script mounts only while it runs", async () => {
    const found = await host(
      `systemd.services.copy.script = "mount /dev/sda2 /srv; cp a b; umount /srv; mount /dev/sda3 /data";`,
    );
    expect(answer(found, "/srv/a")).toBe("no");
    expect(answer(found, "/data/a")).toBe("unknown");
  });

  it("takes pools that a script imports for mounted below their name", async () => {
    const found = await host(
      `systemd.services.pool.serviceConfig.ExecStart = pkgs.lib.getExe (pkgs.writeShellScriptBin "x" "zpool import tank; zfs mount -a");`,
    );
    expect(answer(found, "/tank/db")).toBe("unknown");
    expect(answer(found, "/tankard")).toBe("no");
  });

  it("believes units that require a mount, and conditions that name a mount point", async () => {
    const found =
      await host(`systemd.services.a = { requires = [ "mnt-big\\\\x2ddisk.mount" ]; after = [ "var-late.mount" ]; };
      systemd.services.b.unitConfig.ConditionPathIsMountPoint = "/media/x";
      systemd.services.c.unitConfig.ConditionPathIsMountPoint = "!/media/y";`);
    expect(answer(found, "/mnt/big-disk/db")).toBe("unknown");
    expect(answer(found, "/mnt/big")).toBe("no");
    expect(answer(found, "/var/late")).toBe("no");
    expect(answer(found, "/media/x/y")).toBe("unknown");
    expect(answer(found, "/media/y")).toBe("no");
  });

  it("knows where a service finds what is bound for it", async () => {
    const found = await host(`fileSystems."/persist" = { device = "/dev/sda2"; fsType = "ext4"; };
      systemd.services.db.serviceConfig.BindPaths = [ "/persist/db:/var/lib/db" "/run/x:/var/lib/x:rbind" ];
      systemd.services.web.serviceConfig = { BindPaths = "-/persist/web:/var/lib/web /srv"; StateDirectory = "/mnt/x ok ../up"; };`);
    expect(answer(found, "/var/lib/db/a")).toBe("yes");
    expect(answer(found, "/var/lib/web")).toBe("yes");
    expect(answer(found, "/var/lib/x")).toBe("no");
    expect(answer(found, "/srv")).toBe("no");
    expect(found.services.flatMap(({ state }) => state.map(({ path }) => path))).toContain("/var/lib/ok");
    expect(found.services.flatMap(({ state }) => state.map(({ path }) => path)).join()).not.toMatch(/mnt|up/);
  });

  it("says nothing of files of the configuration, which are in the Nix store", async () => {
    const found = await host("");
    expect(answer(found, "/work/secrets/hash")).toBe("unknown");
    expect(answer(found, "/works/hash")).toBe("no");
  });
});
