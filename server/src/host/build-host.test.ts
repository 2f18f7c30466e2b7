import { describe, expect, it } from "vitest";
import { analyseFiles } from "../testing/analyse-files.ts";

const flake = `{
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.05";
  inputs.disko.url = "github:nix-community/disko";
  inputs.impermanence.url = "github:nix-community/impermanence";
  outputs = { self, nixpkgs, disko, impermanence, ... }@inputs: {
    nixosConfigurations.web = nixpkgs.lib.nixosSystem {
      system = "x86_64-linux";
      specialArgs = { inherit inputs; };
      modules = [ disko.nixosModules.disko impermanence.nixosModules.impermanence ./host.nix ./disk.nix ];
    };
  };
}
`;
const disk = `{ lib, ... }:
let sub = mountpoint: { inherit mountpoint; mountOptions = [ "compress=zstd" "noatime" ]; };
in {
  disko.devices.disk.main = {
    device = lib.mkDefault "/dev/sda";
    content = {
      type = "gpt";
      partitions = {
        boot = { size = "1M"; type = "EF02"; };
        root = {
          size = "100%";
          content = {
            type = "btrfs";
            subvolumes = { root = sub "/"; nix = sub "/nix"; persist = sub "/persist"; log = sub "/var/log"; };
          };
        };
      };
    };
  };
}
`;
const hostModule = `{ config, lib, pkgs, ... }:
{
  networking.hostName = "web";
  system.stateVersion = "24.05";
  fileSystems."/persist".neededForBoot = true;
  fileSystems."/".options = lib.mkAfter [ "ssd" ];
  boot.initrd.systemd.enable = true;
  boot.initrd.systemd.services.rollback = {
    wantedBy = [ "initrd.target" ];
    before = [ "sysroot.mount" ];
    unitConfig.DefaultDependencies = "no";
    serviceConfig.Type = "oneshot";
    script = ''
      mkdir -p /mnt
      mount -o subvolid=5 \${config.fileSystems."/".device} /mnt
      btrfs subvolume delete -R /mnt/root
      btrfs subvolume create /mnt/root
      umount /mnt
    '';
  };
  environment.persistence."/persist" = {
    directories = [ "/var/lib/nixos" { directory = "/var/lib/private"; mode = "0700"; } ]
      ++ lib.optional config.services.postgresql.enable "/var/lib/postgresql";
    files = [ "/etc/machine-id" ];
    users.alice.directories = [ ".ssh" ];
  };
  services.postgresql.enable = true;
  services.redis.servers.main.enable = true;
  services.openssh.enable = true;
  systemd.services.snap.script = "btrfs subvolume snapshot -r /persist /persist/.snapshots/x";
  systemd.timers.snap.timerConfig.OnCalendar = "hourly";
  users.users.alice.isNormalUser = true;
}
`;

async function web(files: Record<string, string>) {
  const { hosts } = await analyseFiles({
    "/w/flake.nix": flake,
    "/w/host.nix": hostModule,
    "/w/disk.nix": disk,
    ...files,
  });
  const [host] = hosts;
  if (!host) throw new Error("no host was found");
  return host;
}

describe("buildHost, from Nix", () => {
  it("joins disko and the module's own filesystems", async () => {
    const host = await web({});
    const shown = host.fileSystems.map((fs) => [
      fs.mountpoint,
      fs.device.known ? fs.device.value : fs.device.why,
      fs.options.map(({ text }) => text).join(","),
      fs.neededForBoot.known ? fs.neededForBoot.value : fs.neededForBoot.why,
    ]);
    const device = "/dev/disk/by-partlabel/disk-main-root";
    expect(shown).toEqual([
      ["/", device, "compress=zstd,noatime,subvol=root,ssd", false],
      ["/nix", device, "compress=zstd,noatime,subvol=nix", false],
      ["/persist", device, "compress=zstd,noatime,subvol=persist", true],
      ["/var/log", device, "compress=zstd,noatime,subvol=log", false],
    ]);
    const nix = host.layouts[0]?.subvolumes.find(({ name }) => name === "nix");
    const text = (place: { file: string; start: number; end: number } | undefined) =>
      place && { "/w/disk.nix": disk, "/w/host.nix": hostModule }[place.file]?.slice(place.start, place.end);
    expect(text(nix?.place)).toBe("nix");
    expect(text(host.layouts[0]?.place)).toBe("subvolumes");
    expect(text(host.layouts[0]?.container)).toMatch(/^\{ root = sub/);
    expect(text(host.fileSystems[0]?.options[0]?.place)).toBe('"compress=zstd"');
    expect(text(host.fileSystems[2]?.neededForBoot.place)).toBe("true");
  });

  it("finds the rollback and tells fates with their places", async () => {
    const host = await web({});
    expect(host.ephemeralRoot).toMatchObject({
      kind: "rollback",
      rollback: { wipes: ["root"], runs: { answer: "yes" } },
    });
    expect(host.incomplete).toEqual([]);
    expect(host.release.nixos).toBe("25.05");
    const fates = [
      "/var/lib/nixos",
      "/etc/machine-id",
      "/home/alice/.ssh/id",
      "/var/log/journal",
      "/etc/ssh/ssh_host_ed25519_key",
    ];
    expect(fates.map((path) => host.fateOf(path).survives.answer)).toEqual(["yes", "yes", "yes", "yes", "no"]);
    const place = host.fateOf("/var/lib/nixos").place;
    expect(place && hostModule.slice(place.start, place.end)).toBe('"/var/lib/nixos"');
    expect(host.stores[0]?.directories.map(({ editable }) => editable)).toEqual([true, true, false, true]);
  });

  it("lists services with their state", async () => {
    const host = await web({});
    const state = host.services.map(({ enable, state: paths }) => [
      enable,
      paths.map(({ path, fate }) => `${path} ${fate.survives.answer}`),
    ]);
    expect(Object.fromEntries(state)).toMatchObject({
      "services.postgresql.enable": ["/var/lib/postgresql yes"],
      "services.redis.servers.main.enable": ["/var/lib/redis-main no"],
    });
    expect(host.snapshotJobs).toMatchObject([
      { name: "snap", period: { value: 3600 }, directory: { value: "/persist/.snapshots" } },
    ]);
    const script = host.scripts.find(({ option }) => option.join(".") === "systemd.services.snap.script");
    const word = script?.placeOf(6, 15);
    expect(word && hostModule.slice(word.start, word.end)).toBe("subvolume");
  });

  it("cannot say no while a module is missing, and says which", async () => {
    const host = await web({
      "/w/host.nix": hostModule.replace("networking.hostName", "imports = [ ./gone.nix ];\n  networking.hostName"),
    });
    expect(host.fateOf("/var/lib/redis-main").survives).toMatchObject({ answer: "unknown" });
    expect(host.fateOf("/var/lib/nixos").survives.answer).toBe("yes");
    expect(host.incomplete[0]?.why).toContain("gone.nix");
  });

  it("keeps a condition that cannot be decided as a doubt", async () => {
    const more = `{ config, lib, ... }: {
      environment.persistence."/persist".directories = lib.mkIf (config.nobody.setsThis == "1") [ "/var/lib/redis-main" ];
    }`;
    const host = await web({
      "/w/host.nix": hostModule.replace("networking.hostName", "imports = [ ./more.nix ];\n  networking.hostName"),
      "/w/more.nix": more,
    });
    expect(host.fateOf("/var/lib/redis-main").survives.answer).toBe("unknown");
    expect(host.fateOf("/var/lib/other").survives.answer).toBe("no");
  });

  it("reads subvolumes written as a list, with keys disko does not have", async () => {
    const list = disk.replace(
      /subvolumes = \{[^}]*\}/,
      'subvolumes = [ (sub "/" // { name = "root"; }) { name = "p"; mountpoint = "/persist"; neededForBoot = true; } ]',
    );
    const host = await web({ "/w/disk.nix": list });
    expect(host.layouts[0]?.writtenAsList).toBe(true);
    expect(host.fileSystems.map(({ mountpoint }) => mountpoint)).toEqual(["/", "/persist"]);
    const [key] = host.layouts[0]?.subvolumes[1]?.unknownKeys ?? [];
    expect(key?.place && list.slice(key.place.start, key.place.end)).toBe("neededForBoot");
    expect(key?.binding && list.slice(key.binding.start, key.binding.end)).toBe("neededForBoot = true;");
    const place = host.layouts[0]?.subvolumes[1]?.place;
    expect(place && list.slice(place.start, place.end)).toBe('name = "p";');
  });

  it("reads what an undecided condition declares, as a doubt about the whole", async () => {
    const doubtful = disk
      .replace("log = sub", 'data = lib.mkIf (config.nobody.setsThis == 1) (sub "/data"); log = sub')
      .replace("{ lib, ... }", "{ lib, config, ... }");
    const host = await web({ "/w/disk.nix": doubtful });
    const data = host.fileSystems.find(({ mountpoint }) => mountpoint === "/data");
    expect(data?.certain.answer).toBe("unknown");
    expect(data?.subvolume).toMatchObject({ known: true, value: "data" });
    expect(host.fateOf("/data/x").survives.answer).toBe("unknown");
    expect(host.fateOf("/srv/x").survives.answer).toBe("no");
  });

  it("follows the user's own options, mkForce and preservation", async () => {
    const own = `{ config, lib, ... }: {
      options.my.keep = lib.mkOption { type = lib.types.listOf lib.types.str; default = [ ]; };
      config = {
        my.keep = [ "/var/lib/mine" ];
        preservation.enable = true;
        preservation.preserveAt."/persist".directories = map (d: { directory = d; inInitrd = true; }) config.my.keep;
        fileSystems."/nix".options = lib.mkForce [ "subvol=other" ];
        environment.persistence."/persist".enable = false;
      };
    }`;
    const host = await web({
      "/w/host.nix": hostModule.replace("networking.hostName", "imports = [ ./own.nix ];\n  networking.hostName"),
      "/w/own.nix": own,
    });
    expect(host.fateOf("/var/lib/mine/x")).toMatchObject({
      survives: { answer: "yes" },
      persisted: { inInitrd: true },
    });
    expect(host.fateOf("/var/lib/nixos").survives.answer).toBe("no");
    const nix = host.fileSystems.find(({ mountpoint }) => mountpoint === "/nix");
    expect(nix?.options.map(({ text }) => text)).toEqual(["subvol=other"]);
    expect(nix?.subvolume).toMatchObject({ value: "other" });
  });

  it("reads home-manager's persistence, and knows which homes it cannot see", async () => {
    const home = `{ ... }: {
      home-manager.users.alice = { home.persistence."/persist".directories = [ "Documents" ]; };
      home-manager.users.bob = import ./nowhere.nix;
      home-manager.users.carol = { pkgs, ... }: { imports = [ ./carol.nix ]; };
    }`;
    const host = await web({
      "/w/host.nix": hostModule.replace("networking.hostName", "imports = [ ./home.nix ];\n  networking.hostName"),
      "/w/home.nix": home,
      "/w/carol.nix": '{ home.persistence."/persist".files = [ ".netrc" ]; }',
    });
    expect(host.fateOf("/home/alice/Documents/x").survives.answer).toBe("yes");
    expect(host.fateOf("/home/alice/Music").survives.answer).toBe("no");
    expect(host.fateOf("/home/carol/.netrc").survives.answer).toBe("yes");
    expect(host.fateOf("/home/carol/.bashrc").survives.answer).toBe("no");
    expect(host.fateOf("/home/bob/x").survives.answer).toBe("unknown");
    expect(host.fateOf("/var/lib/x").survives.answer).toBe("no");
  });
});
