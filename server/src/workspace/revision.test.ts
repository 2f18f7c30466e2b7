import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Host } from "../host/host.ts";
import type { CheckedHost } from "../ide/analysis.ts";
import { MergeNode } from "../modules/merge-node.ts";
import type { ModuleProblem } from "../modules/option-node.ts";
import type { Finding } from "../rules/rule.ts";
import type { NixParser } from "../syntax/parser.ts";
import { testParser } from "../testing/load-parser.ts";
import { DiskWorkspace } from "./disk-workspace.ts";
import { LiveAnalysis } from "./live-analysis.ts";

/*
 * An edit must lead to what a fresh analysis of the same texts says, whatever was kept of the last one. The hosts
 * here read each other's options in every way that there is.
 */

const FILES: Readonly<Record<string, string>> = {
  "flake.nix": `{
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
  outputs = { nixpkgs, ... }: { nixosConfigurations.host = nixpkgs.lib.nixosSystem {
    system = "x86_64-linux";
    specialArgs.flag = true;
    modules = [ ./host.nix ({ config, ... }: { environment.persistence."/keep".files = config.my.files; }) ];
  }; };
}`,
  "host.nix": `{ config, lib, ... }: {
  imports = [ ./disks.nix ./options.nix ./state.nix ./web.nix ./database.nix ./users.nix ./homes.nix ./helper-user.nix ./scripts.nix ./snapshots.nix ./mounts.nix { my.files = [ "/etc/inline" ]; } ];
  networking.hostName = "host";
  system.stateVersion = "25.11";
  my.web = { enable = true; port = 80; };
  my.dirs = [ "/var/lib/from-host" ];
}`,
  "disks.nix": `{
  disko.devices.disk.main = {
    device = "/dev/vda";
    content = { type = "gpt"; partitions.root = { size = "100%"; content = {
      type = "btrfs";
      subvolumes = {
        "/root" = { mountpoint = "/"; mountOptions = [ "compress=zstd" ]; };
        "/nix".mountpoint = "/nix";
        "/keep".mountpoint = "/keep";
      };
    }; }; };
  };
  fileSystems."/keep".neededForBoot = true;
}`,
  "options.nix": `{ config, lib, ... }: let inherit (lib) mkOption types; in {
  options.my = {
    web = { enable = lib.mkEnableOption "web"; port = mkOption { type = types.port; default = 8080; }; };
    dirs = mkOption { type = types.listOf types.str; default = [ ]; };
    files = mkOption { type = types.listOf types.str; default = [ ]; apply = map (f: f); };
    root = mkOption { type = types.str; default = if config.my.web.enable then "/keep" else "/elsewhere"; };
    things = mkOption { default = { }; type = types.attrsOf (types.submodule ({ name, ... }: {
      options.path = mkOption { type = types.str; default = "/var/lib/thing-\${name}"; };
    })); };
  };
}`,
  "state.nix": `{ config, lib, ... }: {
  environment.persistence.\${config.my.root} = {
    directories = config.my.dirs ++ lib.mapAttrsToList (_: t: t.path) config.my.things
      ++ lib.optional (config.services.postgresql.enable or false) "/var/lib/postgresql";
    files = [ "/etc/machine-id" ];
  };
}`,
  "web.nix": `{ config, lib, options, ... }: lib.mkIf config.my.web.enable {
  services.nginx.enable = true;
  my.dirs = lib.mkAfter [ "/var/lib/web-\${toString config.my.web.port}" ];
  my.things.web = { };
  systemd.services.web = {
    wantedBy = [ "multi-user.target" ];
    serviceConfig.StateDirectory = "web";
    startAt = "daily";
  };
}`,
  "database.nix": `{ config, lib, ... }: let cfg = config.services.postgresql; in {
  services.postgresql.enable = lib.mkDefault true;
  services.borgbackup.jobs = lib.mkIf cfg.enable { data = { paths = [ cfg.dataDir ]; startAt = "6h"; }; };
  systemd.tmpfiles.rules = map (n: "d /srv/\${n}") (builtins.attrNames config.my.things);
  my.things = lib.optionalAttrs (config.fileSystems ? "/keep") { disk.path = "/var/lib/disk"; };
}`,
  "users.nix": `{ config, ... }: {
  users.users.anna = { isNormalUser = true; };
  home-manager.users.anna = { osConfig, ... }: {
    home.persistence."/keep".directories = [ "Documents" ] ++ (if osConfig.my.web.enable then [ "Sites" ] else [ ]);
    home.homeDirectory = osConfig.users.users.anna.home;
  };
  environment.persistence."/keep".users.bert = { directories = [ "bert" ]; home = config.users.users.bert.home; };
  users.users.bert = { isNormalUser = true; };
}`,
  "homes.nix": `{ config, ... }: {
  users.defaultUserHome = "/keep/home";
  services.syncthing = { enable = true; dataDir = "/keep/sync"; };
  environment.persistence."/keep".directories = [ config.services.syncthing.configDir ];
}`,
  "scripts.nix": `{ config, lib, pkgs, ... }: {
  boot.initrd.postDeviceCommands = lib.mkAfter ''
    mkdir /mnt
    mount -o subvol=/ /dev/vda1 /mnt
    btrfs subvolume delete /mnt/root
    btrfs subvolume create /mnt/root
    umount /mnt
  '';
  boot.initrd.systemd.services.wipe = {
    wantedBy = [ "initrd.target" ];
    script = "find /mnt/old_roots -maxdepth 1 -mtime +30d -delete";
  };
  systemd.services.sweep = {
    serviceConfig = { Type = "oneshot"; ExecStart = "/keep/bin/sweep"; DynamicUser = true; StateDirectory = "sweep"; };
    script = "find \${config.my.root}/snapshots -maxdepth 1 -mtime +30d -exec btrfs subvolume delete {} ;";
    startAt = "6h";
  };
  system.activationScripts.old.text = "rm -rf /srv/old";
  boot.kernel.sysctl = { "vm.swappiness" = 10; "vm.dirty_ratio" = 120; };
}`,
  "snapshots.nix": `{ config, lib, ... }: {
  services.btrbk.instances.local = {
    onCalendar = "hourly";
    settings = { snapshot_preserve_min = "2d"; volume."/keep" = { snapshot_dir = "/keep/snapshots"; subvolume = "."; }; };
  };
  services.snapper.configs.keep = { SUBVOLUME = config.my.root; TIMELINE_CREATE = true; TIMELINE_CLEANUP = true; };
  systemd.timers.sweep.timerConfig = { OnCalendar = "daily"; Persistent = true; };
  services.docker.enable = false;
  virtualisation.docker.enable = true;
}`,
  "mounts.nix": `{ config, lib, ... }: {
  fileSystems."/var/log" = { device = "/dev/vda1"; fsType = "btrfs"; options = [ "subvol=log" "compress=zstd" "nodatacow" ]; };
  fileSystems."/srv" = lib.mkIf config.services.nginx.enable { device = "/dev/vdb"; fsType = "ext4"; };
  fileSystems."/scratch" = { fsType = "tmpfs"; options = [ "size=1G" ]; };
  boot.tmp.cleanOnBoot = true;
  systemd.tmpfiles.rules = [ "L /var/lib/linked - - - - /keep/linked" ];
  environment.etc."machine-id".source = "/keep/etc/machine-id";
  users.mutableUsers = false;
}`,
  "helper-user.nix": `{ lib, ... }: let helper = import ./helper.nix; in { networking.hostId = helper "a"; my.files = [ "/etc/\${helper "b"}" ]; }`,
  "helper.nix": `name: "text of \${name}"`,
};

let parser: NixParser;
let folder: string;
beforeAll(async () => {
  parser = await testParser();
  folder = realpathSync(mkdtempSync(join(tmpdir(), "nix-impermanence-")));
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a user sees at once. The facts of hosts are only worked out as far as it takes. */
function atFirstSight(live: LiveAnalysis): unknown {
  return live
    .current()
    .findings.filter(isShownAnyhow)
    .map(({ code, at, message, severity, help, related }) => ({
      ...{ code, at, message, severity, help, related },
    }));
}

/** Everything that a user can see of a host, without the order in which it was found. */
function shown(live: LiveAnalysis): unknown {
  const { hosts, unchecked, findings } = live.current();
  return {
    hosts: hosts.map(({ host, configuration }) => ({
      ...facts(host),
      problems: configuration.problems
        .filter(isFoundAnyhow)
        .map((problem) => JSON.stringify(problem))
        .sort(),
    })),
    unchecked: unchecked.map(({ why }) => why),
    findings: findings.filter(isShownAnyhow).map(({ code, at, message, severity, fixes }) => ({
      ...{ code, at, message, severity },
      fixes: fixes.map(({ title, edits }) => ({ title, edits: [...edits] })),
    })),
  };
}

function isShownAnyhow({ message }: Finding): boolean {
  return !message.includes("but this is not one");
}

/**
 * Values of the wrong type are found when somebody reads them. Those that were found stay known while they are there,
 * also when nobody reads them any more.
 */
function isFoundAnyhow({ kind }: ModuleProblem): boolean {
  return kind !== "wrong-type";
}

/** What leads from one fact to another that is compared by itself. */
const LINKS = new Set(["node", "layout", "store"]);

function facts(host: Host): object {
  const units = host.units.map(
    ({ name, stage, place, certain, wantedBy, requiredBy, before, after, conditions, scripts }) => ({
      ...{ name, stage, place, certain, wantedBy, requiredBy, before, after, conditions },
      scripts: scripts.map(({ text, place }) => ({ text, place })),
    }),
  );
  const jobs = host.snapshotJobs.map(({ node: _, ...job }) => job);
  const { fileSystems, stores, services, ephemeralRoot, incomplete, opaque, calendars, release } = host;
  const { layouts, rollbacks, storesOpen, fileSystemsOpen, hostName, isImpermanent } = host;
  const seen = {
    ...{ fileSystems, stores, services, ephemeralRoot, incomplete, opaque, calendars, release, units, jobs },
    ...{ layouts, rollbacks, storesOpen, fileSystemsOpen, hostName, isImpermanent },
    scripts: host.scripts.map(({ text, option, place }) => ({ text, option, place })),
    fates: ["/etc/x", "/keep/x", "/var/log/x", "/tmp/x", "/var/lib/linked/x", "/srv/x"].map((path) => [
      host.fateOf(path),
      host.fateAsMeant(path),
    ]),
  };
  return JSON.parse(JSON.stringify(seen, (key, value) => (LINKS.has(key) ? undefined : value)));
}

/** The options that facts lead to are those of the configuration as it is now. */
function expectCurrent({ host, configuration }: CheckedHost): void {
  for (const { node } of [...host.units, ...host.snapshotJobs]) {
    if (node instanceof MergeNode) expect(node, node.path.join(".")).toBe(configuration.root.at(...node.path));
  }
}

/** A pseudo-random sequence, the same every time. */
function sequence(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return Math.floor((state / 0x80000000) * below);
  };
}

/** A text as somebody may have it a moment later: still whole, or in the middle of a change. */
function edited(text: string, pick: (below: number) => number): string {
  const lines = text.split("\n");
  const line = pick(lines.length);
  const replace = (pattern: RegExp, by: (found: string) => string) => {
    const found = [...text.matchAll(pattern)];
    const match = found[pick(Math.max(found.length, 1))];
    return match ? text.slice(0, match.index) + by(match[0]) + text.slice(match.index + match[0].length) : text;
  };
  switch (pick(9)) {
    case 0:
      return `${text}\n# a comment`;
    case 1:
      return replace(/\b(true|false)\b/g, (found) => (found === "true" ? "false" : "true"));
    case 2:
      return replace(/\b\d+\b/g, (found) => String(Number(found) + 1));
    case 3:
      return replace(/"[a-z/-]+"/g, (found) => `${found.slice(0, -1)}-x"`);
    case 4:
      return lines.toSpliced(line, 1).join("\n");
    case 5:
      return lines.toSpliced(line, 0, lines[pick(lines.length)] as string).join("\n");
    case 6:
      return lines.toSpliced(line, 0, "").join("\n");
    case 7:
      return replace(/ \.\/[a-z-]+\.nix/g, () => "");
    default:
      return `${text.slice(0, pick(text.length))} ${text.slice(pick(text.length))}`;
  }
}

/** Edits a workspace many times and compares with a fresh analysis each time. Answers how often something was kept. */
function compare(root: string, files: readonly string[], edits: number, seed: number): number {
  const pick = sequence(seed);
  const texts = new Map(files.map((file) => [file, readFileSync(file, "utf8")]));
  const original = new Map(texts);
  const live = new LiveAnalysis(new DiskWorkspace(parser, [root]));
  let kept = 0;
  for (let step = 0; step < edits; step++) {
    const file = files[pick(files.length)] as string;
    // Every now and then somebody takes the changes back.
    const text = pick(3) === 0 ? (original.get(file) as string) : edited(texts.get(file) as string, pick);
    texts.set(file, text);
    for (const { configuration } of live.current().hosts) {
      const { revise } = configuration;
      configuration.revise = (changed) => {
        const revised = revise(changed);
        if (revised) kept++;
        return revised;
      };
    }
    live.update(file, text);
    const fresh = new LiveAnalysis(new DiskWorkspace(parser, [root]));
    for (const [path, open] of texts) fresh.update(path, open);
    live.current().hosts.forEach(expectCurrent);
    // What was not asked for in one state of a host must not be taken for known in the next.
    const look = pick(3) === 0 ? shown : atFirstSight;
    expect(look(live), `edit ${step} (seed ${seed}) of ${file}:\n${text}`).toEqual(look(fresh));
  }
  return kept;
}

// Slow machines take their time over hundreds of analyses.
describe("a revised host", { timeout: 120_000 }, () => {
  it.each([1, 2, 3, 4])("is what a fresh analysis finds, after any edits (%i)", (seed) => {
    const files = Object.keys(FILES)
      .filter((name) => name !== "flake.nix")
      .map((name) => join(folder, name));
    expect(compare(folder, files, 60, seed)).toBeGreaterThan(10);
  });

  it.each(["hetzner-vps", "juni"])("is what a fresh analysis finds in %s", (example) => {
    const root = resolve("examples", example);
    const live = new LiveAnalysis(new DiskWorkspace(parser, [root]));
    const files = live.current().hosts.flatMap((host) => [...host.files].filter((file) => !file.endsWith("flake.nix")));
    expect(compare(root, files, 25, 7)).toBeGreaterThan(5);
  });

  it("keeps what an edit does not reach", () => {
    const live = new LiveAnalysis(new DiskWorkspace(parser, [folder]));
    const before = live.current().hosts[0]?.configuration.root.at("systemd", "services", "web");
    live.update(join(folder, "state.nix"), `${FILES["state.nix"]}\n`);
    const after = live.current().hosts[0]?.configuration.root;
    expect(after?.at("systemd", "services", "web")).toBe(before);
    live.update(join(folder, "web.nix"), `\n${FILES["web.nix"]}`);
    expect(live.current().hosts[0]?.configuration.root.at("systemd", "services", "web")).not.toBe(before);
  });

  it("does not read a file any longer that an edit took the import of away", () => {
    const live = new LiveAnalysis(new DiskWorkspace(parser, [folder]));
    const helper = join(folder, "helper.nix");
    const reads = () => live.current().hosts[0]?.files.has(helper);
    expect(reads()).toBe(true);
    live.update(
      join(folder, "helper-user.nix"),
      `{ lib, ... }: let helper = import ./helper.nix; in { my.files = [ (helper "b") ]; }`,
    );
    expect(reads()).toBe(true);
    live.update(join(folder, "helper-user.nix"), `{ lib, ... }: { my.files = [ "/etc/b" ]; }`);
    expect(reads()).toBe(false);
  });

  it("evaluates everything anew after a change of a file that is not only a module", () => {
    const live = new LiveAnalysis(new DiskWorkspace(parser, [folder]));
    const read = () => live.current().hosts[0]?.configuration.root;
    for (const name of ["helper.nix", "flake.nix"]) {
      const before = read();
      const revise = vi.spyOn(live.current().hosts[0]?.configuration as object as { revise(): unknown }, "revise");
      live.update(join(folder, name), `${FILES[name]}\n`);
      expect(read()).not.toBe(before);
      expect(revise.mock.results.map(({ value }) => value)).toEqual([undefined]);
    }
  });
});
