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

  it("follows variables of the unit into its script, and programs that mount by themselves", async () => {
    const found = await host(`systemd.services.big = {
      environment = { DEVICE = "/dev/sdb1"; TARGET = "/big"; };
      script = ''
        bcachefs mount --passphrase-file /run/key "$DEVICE" "$TARGET"
      '';
    };
    systemd.services.share.serviceConfig.ExecStart = "\${pkgs.rclone}/bin/rclone mount remote:x /share --cache-dir /cache";
    systemd.services.small = { environment.TARGET = "/small"; script = "TARGET=/smaller; mount /dev/sdc1 $TARGET"; };
    systemd.services.list.script = "bcachefs fs usage /listed";`);
    expect(answer(found, "/big/smb")).toBe("unknown");
    expect(answer(found, "/share/x")).toBe("unknown");
    expect(answer(found, "/smaller")).toBe("unknown");
    expect(answer(found, "/small")).toBe("no");
    expect(answer(found, "/listed")).toBe("no");
  });

  it("reads mount units and links of the initrd, where they lie later", async () => {
    const found = await host(`fileSystems."/persist" = { device = "/dev/sda2"; fsType = "ext4"; neededForBoot = true; };
    boot.initrd.systemd.mounts = [
      { what = "/sysroot/persist/nix"; where = "/sysroot/nix"; options = "bind"; wantedBy = [ "initrd.target" ]; }
      { what = "/dev/sdb1"; where = "/sysroot/data"; }
      { what = "/dev/sdb2"; where = "/key"; }
    ];
    boot.initrd.systemd.tmpfiles.settings.x."/sysroot/etc/machine-id".L.argument = "/persist/machine-id";
    boot.initrd.systemd.tmpfiles.settings.x."/sysroot/var/lost".L.argument = "/var/elsewhere";`);
    expect(answer(found, "/nix/store")).toBe("yes");
    expect(answer(found, "/data/x")).toBe("unknown");
    expect(answer(found, "/key")).toBe("no");
    expect(answer(found, "/etc/machine-id")).toBe("yes");
    expect(answer(found, "/var/lost")).toBe("no");
  });

  it("counts no place as lost that a secret is put in again", async () => {
    const found = await host(`sops.secrets."var/lib/key" = { }; age.secrets.a.file = ./a.age;`);
    expect(answer(found, "/run/secrets/var/lib/key")).toBe("yes");
    expect(answer(found, "/run/agenix/a")).toBe("yes");
    expect(answer(found, "/run/other")).toBe("no");
    expect(answer(await host(""), "/run/secrets/x")).toBe("no");
  });

  it("finds what is written to /etc in the upper directory of its overlay", async () => {
    const persisted = `fileSystems."/persist" = { device = "/dev/sda2"; fsType = "ext4"; neededForBoot = true; };
      preservation.enable = true;
      preservation.preserveAt."/persist".files = [ { file = "/.rw-etc/upper/machine-id"; inInitrd = true; } ];`;
    const overlaid = await host(`system.etc.overlay.enable = true; ${persisted}`);
    expect(answer(overlaid, "/etc/machine-id")).toBe("yes");
    expect(answer(overlaid, "/etc/ssh/ssh_host_rsa_key")).toBe("no");
    expect(answer(await host(persisted), "/etc/machine-id")).toBe("no");
    const perhaps = await host(`system.etc.overlay.enable = pkgs.x.y == "1"; ${persisted}`);
    expect(answer(perhaps, "/etc/machine-id")).toBe("unknown");
  });

  it("says nothing of files of the configuration, which are in the Nix store", async () => {
    const found = await host("");
    expect(answer(found, "/work/secrets/hash")).toBe("unknown");
    expect(answer(found, "/works/hash")).toBe("no");
  });
});
