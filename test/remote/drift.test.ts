import { rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HostStatus } from "../../server/src/remote/status.ts";
import { runCli, temporaryFolder, writeFiles } from "../cli/run-cli.ts";
import { TestHost } from "./test-host.ts";

let host: TestHost;
const folder = temporaryFolder();
beforeAll(async () => {
  host = await TestHost.start();
}, 60_000);
afterAll(() => {
  host?.run("destroy");
  rmSync(folder, { recursive: true });
});

const MOUNTS: Readonly<Record<string, string>> = {
  "/": "root",
  "/nix": "nix",
  "/persist": "persist",
  "/var/log": "log",
  "/.snapshots": "snapshots",
};

/** The status of the test host, compared with a configuration that is right but for these lines. */
function compared(
  lines: string,
  { user = "josh", mounts = MOUNTS, hostName = "testhost", options = {} as Record<string, string> } = {},
) {
  const fileSystems = Object.entries(mounts).map(
    ([path, subvolume]) =>
      `fileSystems."${path}" = { device = "/dev/vda"; fsType = "btrfs"; options = [ "subvol=${subvolume}" "noatime" ${options[path] ?? ""} ]; };`,
  );
  writeFiles(folder, {
    "hive.nix": `{ meta.nixpkgs = <nixpkgs>; web1 = {
      deployment.targetHost = "127.0.0.1"; deployment.targetUser = "${user}";
      networking.hostName = "${hostName}";
      ${fileSystems.join("\n")}
      boot.initrd.systemd.enable = true;
      boot.initrd.systemd.services.rollback = {
        wantedBy = [ "initrd.target" ]; before = [ "sysroot.mount" ]; after = [ "initrd-root-device.target" ];
        unitConfig.DefaultDependencies = "no"; serviceConfig.Type = "oneshot";
        script = ''
          mkdir -p /mnt
          mount -o subvol=/ /dev/vda /mnt
          btrfs subvolume delete /mnt/root
          btrfs subvolume snapshot /mnt/root-blank /mnt/root
          umount /mnt
        '';
      };
      ${lines}
    }; }`,
  });
  const args = ["remote", "status", "web1", "--folder", folder, "--ssh-config", host.configFile];
  const { code, stdout, stderr } = runCli([...args, "--format", "json"]);
  if (stdout === "") throw new Error(stderr);
  const { configuration } = JSON.parse(stdout) as HostStatus;
  return { code, stderr, ...configuration, text: () => runCli(args).stdout };
}
const kinds = ({ drift = [] }: ReturnType<typeof compared>) =>
  drift.map(({ kind, path, found }) => [kind, path, found]);

describe("the comparison with the configuration", () => {
  it("finds nothing where the host runs on it", () => {
    host.run(
      "inside",
      "sh",
      "-c",
      "mkdir -p /persist/var/lib/a /var/lib/a && mount --bind /persist/var/lib/a /var/lib/a",
    );
    host.run(
      "inside",
      "sh",
      "-c",
      "echo id >/persist/etc/linked && ln -s /persist/etc/linked /etc/linked && ln -s ../persist/etc/linked /etc/relative",
    );
    const found = compared(`environment.persistence."/persist" = {
      directories = [ "/var/lib/a" "/var/log/journal" ]; files = [ "/etc/linked" "/etc/relative" ];
    };`);
    expect(found).toMatchObject({ host: "web1", drift: [], unknown: [] });
    expect(found.stderr).toContain("note: web1 is josh@127.0.0.1, by deployment.targetHost");
    expect(found.text()).toContain("compared with the configuration of web1: no difference");
  });

  it("names options that the first mount of the filesystem took the effect from", () => {
    const found = compared("", { options: { "/var/log": '"nodatacow"', "/nix": '"compress=zstd:1" "nosuid"' } });
    expect(kinds(found)).toEqual([
      ["option", "/nix", "no compression"],
      ["option", "/nix", "suid"],
      ["option", "/var/log", "datacow"],
    ]);
    expect(found.code).toBe(1);
    expect(found.text()).toMatch(/warning: nodatacow has no effect at \/var\/log: .*first mount .*chattr \+C/);
  });

  it("names mounts that are missing, of another type, or of another subvolume", () => {
    const mounts = { ...MOUNTS, "/persist": "data/persist", "/srv": "srv" };
    const found = compared(
      `fileSystems."/run/x" = { device = "none"; fsType = "tmpfs"; options = [ "noauto" ]; };
       fileSystems."/nix/store" = { device = "/nix/store"; options = [ "bind" ]; };
       fileSystems."/optional" = { device = "/dev/x"; fsType = "ext4"; options = [ "nofail" ]; };`,
      { mounts },
    );
    expect(found.drift?.map(({ kind, path, severity }) => [kind, path, severity]).sort()).toEqual([
      ["not-mounted", "/nix/store", "error"],
      ["not-mounted", "/optional", "warning"],
      ["not-mounted", "/srv", "error"],
      ["subvolume", "/persist", "error"],
    ]);
    expect(
      compared(`fileSystems."/boot" = { device = "/dev/x"; fsType = "vfat"; };`, { mounts: { "/": "root" } }).drift,
    ).toHaveLength(1);
    const tmpfs = compared("", { mounts: { ...MOUNTS, "/run": "run" } });
    expect(kinds(tmpfs)).toEqual([["file-system", "/run", "tmpfs"]]);
  });

  it("names persisted paths that lie on the root, and what was not switched to", () => {
    host.run(
      "inside",
      "sh",
      "-c",
      "mkdir -p '/var/lib/it'\\''s' && echo x >/etc/adjtime && ln -s /elsewhere /etc/link",
    );
    const found = compared(`environment.persistence."/persist" = {
      directories = [ "/var/lib/a" "/var/lib/it's" "/var/lib/none" "/var/log/x" ]; files = [ "/etc/adjtime" "/etc/link" ];
    };`);
    expect(found.drift?.map(({ kind, path, severity }) => [kind, path, severity])).toEqual([
      ["not-persisted", "/var/lib/it's", "error"],
      ["not-persisted", "/etc/adjtime", "error"],
      ["not-persisted", "/etc/link", "warning"],
      ["not-there", "/var/lib/none", "information"],
    ]);
    expect(found.drift?.[0]?.text).toContain("Copy it to /persist/var/lib/it's before you switch");
  });

  it("takes no mount for one of the store that shows the root itself, or memory", () => {
    const sh = (script: string) => host.run("inside", "sh", "-euc", script);
    sh(`cd /var/lib; mkdir -p own/deep memory; mount --bind own own; mount -t tmpfs none memory`);
    const found = compared(
      `environment.persistence."/persist".directories = [ "/var/lib/own" "/var/lib/own/deep" "/var/lib/memory" ];`,
    );
    expect(kinds(found).sort()).toEqual([
      ["not-persisted", "/var/lib/memory", "tmpfs"],
      ["not-persisted", "/var/lib/own", "a directory of the root"],
      ["not-persisted", "/var/lib/own/deep", "a directory of the root"],
    ]);
    expect(found.text()).toMatch(/\/var\/lib\/memory is a tmpfs, which something mounted over what \/persist holds/);
    sh("umount /var/lib/own /var/lib/memory");
  });

  it("names bind mounts that go on showing what is deleted in the store, or was put aside by a restore", () => {
    const sh = (script: string) => host.run("inside", "sh", "-euc", script);
    sh(`cd /persist/var/lib; for d in gone aside; do mkdir -p $d /var/lib/$d; mount --bind $d /var/lib/$d; done
      rmdir gone; mv aside aside.before-restore-20260101-000000; mkdir gone aside`);
    const found = compared(`environment.persistence."/persist".directories = [ "/var/lib/gone" "/var/lib/aside" ];`);
    expect(kinds(found)).toEqual([
      ["not-persisted", "/var/lib/gone", "/persist/var/lib/gone//deleted"],
      ["not-persisted", "/var/lib/aside", "/persist/var/lib/aside.before-restore-20260101-000000"],
    ]);
    sh("umount /var/lib/gone /var/lib/aside");
  });

  it("says when the machine has another name, and what cannot be seen without root", () => {
    const other = compared("", { hostName: "web1" });
    expect(kinds(other)).toEqual([["host-name", "", "testhost"]]);
    const found = compared(`environment.persistence."/persist".directories = [ "/var/lib/x" ];`, { user: "nosudo" });
    expect(found.drift).toEqual([]);
    expect(found.unknown).toEqual([expect.stringContaining("only root can look at all of them")]);
  });
});
