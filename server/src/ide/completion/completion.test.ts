import { describe, expect, it } from "vitest";
import { applyEdits } from "../../edits/text-edit.ts";
import { sourceOf } from "../../testing/analyse-files.ts";
import { analyseWorkspace } from "../analysis.ts";
import { type Completion, completions } from "./completion.ts";

/** 2026-03-28 12:34:56 UTC. */
const NOW = Date.UTC(2026, 2, 28, 12, 34, 56);

/** A tmpfs root with a store, and what a test adds. `|` is the cursor. */
const host = (more: string) => `{ config, lib, pkgs, ... }: {
  fileSystems."/" = { device = "none"; fsType = "tmpfs"; options = [ "mode=755" ]; };
  fileSystems."/persist" = { device = "/dev/sda3"; fsType = "btrfs"; options = [ "subvol=persist" ]; neededForBoot = true; };
  system.stateVersion = "25.11";
  ${more}
}
`;

async function completed(files: Readonly<Record<string, string>>) {
  const file = Object.keys(files).find((path) => files[path]?.includes("|")) ?? "";
  const offset = files[file]?.indexOf("|") ?? -1;
  const texts = { ...files, [file]: files[file]?.replace("|", "") ?? "" };
  const source = await sourceOf(texts);
  const program = source.find(file);
  if (!program) throw new Error("not parsed");
  const found = [...completions(program, offset, analyseWorkspace(source).hosts, NOW)];
  found.sort((a, b) => a.rank - b.rank);
  const take = (label: string) => {
    const one = found.find((completion) => completion.label === label);
    if (!one) throw new Error(`not offered: ${label}; but ${labels(found)}`);
    return applyEdits(texts[file] ?? "", [{ ...one.span, text: one.text }, ...(one.around ?? [])]);
  };
  return { found, labels: labels(found), take };
}

const labels = (found: readonly Completion[]) => found.map(({ label }) => label);
const inHost = (more: string) => completed({ "/host.nix": host(more) });

describe("in a list of directories to persist", () => {
  const services = "services.postgresql.enable = true; services.vaultwarden.enable = true; ";

  it("offers what the host would lose, what cannot be had again first", async () => {
    const { labels, found } = await inHost(`${services} environment.persistence."/persist".directories = [ "|" ];`);
    expect(labels.slice(0, 2).sort()).toEqual(["/var/lib/postgresql", "/var/lib/vaultwarden"]);
    expect(labels).toContain("/var/lib/nixos");
    expect(labels).toContain("/var/log");
    expect(labels).not.toContain("/etc/machine-id");
    expect(found[0]?.documentation).toBe(
      "It is on the root, a tmpfs that is empty after every boot, and is lost at every reboot.",
    );
  });

  it("leaves out what is kept, by an entry, by one around it or by a filesystem", async () => {
    const { labels } = await inHost(`${services}
      fileSystems."/var/lib/vaultwarden" = { device = "/dev/sda3"; fsType = "btrfs"; options = [ "subvol=vault" ]; };
      environment.persistence."/persist".directories = [ "/var/lib/postgresql" "/var/lib/systemd" "|" ];`);
    expect(labels).not.toContain("/var/lib/postgresql");
    expect(labels).not.toContain("/var/lib/vaultwarden");
    expect(labels).not.toContain("/var/lib/systemd/timesync");
    expect(labels).toContain("/var/lib/nixos");
  });

  it("does not let what is being typed hide what it could become", async () => {
    for (const typed of ["/|", "/var|", "/var/lib/|", "/var/lib/postgresql|"]) {
      const { labels } = await inHost(`${services} environment.persistence."/persist".directories = [ "${typed}" ];`);
      expect(labels, typed).toContain("/var/lib/postgresql");
    }
  });

  it("writes a set where the owner matters, and the path where it does not", async () => {
    const text = `${services} environment.persistence."/persist".directories = [ "/var/lib/|" ];`;
    const { take } = await inHost(text);
    expect(take("/var/lib/nixos")).toContain('directories = [ "/var/lib/nixos" ];');
    expect(take("/var/lib/postgresql")).toMatch(
      /directories = \[ \{ directory = "\/var\/lib\/postgresql"; user = "postgres"; group = "postgres"; mode = "\d+"; \} \];/,
    );
  });

  it("completes between elements, in a word, in an empty list, and in lists that are put together", async () => {
    const store = 'environment.persistence."/persist"';
    for (const list of ["[ | ]", "[ va| ]", '[ "/var/log" | ]', '[ "/var/log" ] ++ [ | ]', "lib.mkIf true [ | ]"]) {
      const { take } = await inHost(`${services} ${store}.directories = ${list};`);
      expect(take("/var/lib/nixos"), list).toMatch(/\[ ("\/var\/log" )?"\/var\/lib\/nixos" \]/);
    }
  });

  it("knows the list by what the host makes of it, also behind options of its own", async () => {
    const { labels, take } = await completed({
      "/flake.nix": `{ outputs = { nixpkgs, ... }: { nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./host.nix ./own.nix ]; }; }; }`,
      "/host.nix": host('services.vaultwarden.enable = true; my.kept.dirs = [ "|" ];'),
      "/own.nix": `{ config, lib, ... }: {
        options.my.kept.dirs = lib.mkOption { type = lib.types.listOf lib.types.str; default = [ ]; };
        config.environment.persistence."/persist".directories = [ "/var/log" ] ++ config.my.kept.dirs;
      }`,
    });
    expect(labels).toContain("/var/lib/vaultwarden");
    expect(take("/var/lib/nixos")).toContain('my.kept.dirs = [ "/var/lib/nixos" ]');
  });

  it("says for which hosts of several", async () => {
    const { found } = await completed({
      "/a.nix": host("services.vaultwarden.enable = true;"),
      "/b.nix": host("services.postgresql.enable = true;"),
      "/flake.nix": `{ outputs = { nixpkgs, ... }: { nixosConfigurations = {
        one = nixpkgs.lib.nixosSystem { modules = [ ./a.nix ./shared.nix ]; };
        two = nixpkgs.lib.nixosSystem { modules = [ ./b.nix ./shared.nix ]; };
      }; }; }`,
      "/shared.nix": `{ environment.persistence."/persist".directories = [ "|" ]; }`,
    });
    const about = (path: string) => found.find(({ label }) => label === path)?.documentation ?? "";
    expect(about("/var/lib/vaultwarden")).toContain("`one`");
    expect(about("/var/lib/vaultwarden")).not.toContain("`two`");
    expect(about("/var/lib/nixos")).toMatch(/`one`[\s\S]*`two`/);
  });

  it("does not say that a reboot deletes what a wipe that never runs only means to", async () => {
    const { found } = await completed({
      "/host.nix": `{
        fileSystems."/" = { device = "/dev/sda2"; fsType = "btrfs"; options = [ "subvol=root" ]; };
        fileSystems."/persist" = { device = "/dev/sda2"; fsType = "btrfs"; options = [ "subvol=persist" ]; neededForBoot = true; };
        boot.initrd.systemd.enable = true;
        systemd.services.rollback = { wantedBy = [ "initrd.target" ]; before = [ "sysroot.mount" ]; script = ''
          mount /dev/sda2 /mnt
          btrfs subvolume delete /mnt/root
          btrfs subvolume snapshot /mnt/root-blank /mnt/root
        ''; };
        environment.persistence."/persist".directories = [ "|" ];
      }`,
    });
    const about = found.find(({ label }) => label === "/var/lib/nixos")?.documentation;
    expect(about).toMatch(/^It is on the root, which is meant to be wiped, and would be lost at every reboot once/);
  });

  it("offers files where files are listed, and none that programs replace", async () => {
    const { labels } = await inHost(
      'services.openssh.enable = true; environment.persistence."/persist".files = [ "|" ];',
    );
    expect(labels).toContain("/etc/machine-id");
    expect(labels).toContain("/etc/ssh/ssh_host_ed25519_key");
    expect(labels).not.toContain("/etc/shadow");
    expect(labels).not.toContain("/var/lib/nixos");
  });

  it("gives preservation what has to be there early", async () => {
    const { take } = await inHost(
      'preservation.enable = true; preservation.preserveAt."/persist".directories = [ "|" ];',
    );
    expect(take("/var/lib/nixos")).toContain('{ directory = "/var/lib/nixos"; inInitrd = true; }');
  });

  it("completes the path of a set, and neither its owner nor its mode", async () => {
    const store = `${services} environment.persistence."/persist".directories`;
    const { take } = await inHost(`${store} = [ { directory = "|"; user = "postgres"; } ];`);
    expect(take("/var/lib/postgresql")).toContain('{ directory = "/var/lib/postgresql"; user = "postgres"; }');
    expect((await inHost(`${store} = [ { directory = "/var/lib/x"; user = "|"; } ];`)).labels).toEqual([]);
  });

  it("says nothing where the root is kept, and nothing that it cannot prove", async () => {
    const kept = `{ fileSystems."/" = { device = "/dev/sda1"; fsType = "ext4"; }; services.postgresql.enable = true;
      environment.persistence."/persist".directories = [ "|" ]; }`;
    expect((await completed({ "/host.nix": kept })).labels).toEqual([]);
    const open = `${services} environment.persistence."/persist".directories = [ "|" ] ++ inputs.unseen.list;`;
    expect((await completed({ "/host.nix": `{ inputs, ... }@args: (${host(open)}) args` })).labels).toEqual([]);
  });
});

describe("in a list of what a person keeps", () => {
  const person = 'users.users.ann = { isNormalUser = true; }; environment.persistence."/persist".users.ann';

  it("offers what the person's programs keep, relative to the home, then what most keep", async () => {
    const { labels, take } = await inHost(`programs.firefox.enable = true; ${person}.directories = [ "|" ];`);
    expect(labels[0]).toBe(".mozilla");
    expect(labels).toContain("Documents");
    expect(labels.indexOf("Documents")).toBeGreaterThan(0);
    expect(take("Documents")).toContain('users.ann.directories = [ "Documents" ]');
    expect(take(".ssh")).toContain('[ { directory = ".ssh"; mode = "0700"; } ]');
    expect(labels).not.toContain("/var/lib/nixos");
  });

  it("leaves out a program of which one of two places is kept", async () => {
    const { labels } = await inHost(
      `programs.firefox.enable = true; ${person}.directories = [ ".config/mozilla" "|" ];`,
    );
    expect(labels).not.toContain(".mozilla");
    expect(labels).not.toContain(".config");
  });

  it("knows an empty list", async () => {
    expect((await inHost(`${person}.directories = [ | ];`)).labels).toContain("Documents");
  });
});

describe("in a store of home-manager", () => {
  const home = (directories: string) =>
    inHost(`users.users.ann = { isNormalUser = true; }; programs.firefox.enable = true;
      home-manager.users.ann.home.persistence."/persist/home/ann".directories = ${directories};`);

  it.each(['[ "|" ]', '[ "Mail" "|" ]', "[ | ]"])("offers what the person would lose: %s", async (directories) => {
    const { labels, take } = await home(directories);
    expect(labels).toContain("Documents");
    expect(labels).not.toContain("/var/lib/nixos");
    expect(take("Documents")).toContain('"Documents" ]');
  });
});

describe("in the options of a filesystem", () => {
  const data = (options: string) =>
    inHost(`fileSystems."/data" = { device = "/dev/sdb1"; fsType = "btrfs"; options = [ ${options} ]; };`);

  it("offers what the kind of filesystem takes, without what it has", async () => {
    const { labels, take } = await data('"noatime" "compress=zstd" "|"');
    expect(labels).toContain("nofail");
    expect(labels).toContain("autodefrag");
    expect(labels).not.toContain("noatime");
    expect(labels).not.toContain("compress-force=zstd");
    expect(labels).not.toContain("umask=0077");
    expect(take("nofail")).toContain('"compress=zstd" "nofail" ]');
    expect((await data('"noatime" | ')).take("nofail")).toContain('"noatime" "nofail"');
  });

  it("offers the subvolumes of the layout", async () => {
    const disko = `disko.devices.disk.main = { device = "/dev/vda"; content = { type = "gpt"; partitions.root = { size = "100%";
      content = { type = "btrfs"; subvolumes = { "@data" = { mountOptions = [ "comp|" ]; mountpoint = "/data"; }; "@db" = { }; }; }; }; }; };`;
    const inDisko = await inHost(disko);
    expect(inDisko.labels).toContain("compress=zstd");
    expect(inDisko.labels.filter((label) => label.startsWith("subvol="))).toEqual([]);
    const own = 'fileSystems."/db" = { device = "/dev/vda1"; fsType = "btrfs"; options = [ "|" ]; };';
    expect((await inHost(disko.replace("|", "ress=zstd") + own)).labels).toContain("subvol=@db");
  });

  it("offers only what our own rules take", async () => {
    const { found } = await data('"|"');
    const { isBtrfsOption } = await import("../../rules/reading/btrfs-options.ts");
    const { isPerMount } = await import("../../rules/reading/btrfs-mounts.ts");
    expect(found.filter(({ text }) => !isBtrfsOption(text) && !isPerMount(text))).toEqual([]);
  });
});

describe("in a calendar expression", () => {
  it("offers common ones, each with when it elapses", async () => {
    const { found, take } = await inHost(
      'time.timeZone = "Europe/Berlin"; nix.gc.automatic = true; nix.gc.dates = "|";',
    );
    expect(take("weekly")).toContain('nix.gc.dates = "weekly";');
    expect(found.find(({ label }) => label === "daily")?.documentation).toContain("Next in Europe/Berlin:");
  });

  it("knows one behind an option of the host's own", async () => {
    const { labels } = await inHost(
      'systemd.timers.t.timerConfig.OnCalendar = let every = "d|"; in every; systemd.services.t.script = "true";',
    );
    expect(labels).toContain("daily");
  });
});

describe("elsewhere", () => {
  it.each([
    'services.nginx.virtualHosts."|" = { };',
    'networking.hostName = "|";',
    'environment.persistence."/persist".directories = [ /* | */ "/x" ];',
    'environment.persistence."/persist".directories = [ "/x" # |\n ];',
    'environment.persistence."/persist".directories = [ "${"|"}" ];',
    'environment.persistence."/persist".directories = [ "/x"| ];',
    "environment.systemPackages = [ | ];",
  ])("keeps silent: %s", async (text) => {
    expect((await inHost(`services.postgresql.enable = true; ${text}`)).labels).toEqual([]);
  });
});
