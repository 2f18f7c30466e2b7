import { describe, expect, it } from "vitest";
import type { Host, PersistedPath } from "../host/host.ts";
import { analyseFiles } from "../testing/analyse-files.ts";

/*
 * What 45 public configurations taught about evaluating them: each lesson as the smallest configuration that
 * shows it. Without the lesson, facts of such hosts are wrong or missing.
 */

/** One host of a flake whose `outputs` take nixpkgs and the inputs named; `modules` is a Nix list. */
async function host(modules: string, files: Record<string, string> = {}, nixpkgs = "nixos-25.11"): Promise<Host> {
  const { hosts, analysis } = await analyseFiles({
    "/flake.nix": `{
      inputs.nixpkgs.url = "github:NixOS/nixpkgs/${nixpkgs}";
      inputs.home-manager.url = "github:nix-community/home-manager";
      inputs.disko.url = "github:nix-community/disko";
      inputs.own.url = "git+https://example.org/own";
      outputs = { self, nixpkgs, ... }@inputs: {
        nixosConfigurations.a = nixpkgs.lib.nixosSystem { specialArgs = { inherit inputs; }; modules = ${modules}; };
      };
    }`,
    ...files,
  });
  expect(analysis.unchecked).toEqual([]);
  return hosts[0] as Host;
}

const entries = (one: Host): PersistedPath[] => one.stores.flatMap((store) => [...store.directories, ...store.files]);
const certain = (one: Host) =>
  entries(one)
    .filter((entry) => entry.certain.answer === "yes")
    .map(({ path }) => path)
    .sort();
const whys = (one: Host) => one.incomplete.map(({ why }) => why);

describe("lessons of real configurations", () => {
  it("1: mkIf around a whole module is pushed down before its condition is looked at", async () => {
    const found = await host(`[ ({ config, lib, ... }: {
      options.my.store.enable = lib.mkEnableOption "it";
      config = lib.mkIf config.my.store.enable {
        my.other = true;
        environment.persistence."/persist".directories = lib.optional config.my.other "/srv";
      };
    }) ({ lib, config, ... }: {
      options.my.other = lib.mkOption { type = lib.types.bool; default = false; };
      config = lib.mkIf (config.networking.hostName == "a") { my.store.enable = true; };
    }) { networking.hostName = "a"; } ]`);
    expect(certain(found)).toEqual(["/srv"]);
    expect(whys(found)).toEqual([]);
  });

  it("2: both branches of an unknown if are read, but recursion through them ends", async () => {
    const found = await host(`[ ({ inputs, ... }: let
      walk = n: if inputs.own.depth > n then [ "/srv/deep" ] ++ walk (n + 1) else [ "/srv/end" ];
    in { environment.persistence."/persist".directories = [ "/srv/known" ] ++ walk 0; }) ]`);
    expect(certain(found)).toEqual(["/srv/known"]);
    expect(entries(found).map(({ path }) => path)).toContain("/srv/end");
    expect(whys(found).length).toBeGreaterThan(0);
  });

  it("3: `//` with an input on the right keeps the left side", async () => {
    const found = await host(`[ ({ inputs, ... }: let lib = inputs.nixpkgs.lib // inputs.home-manager.lib; in {
      environment.persistence."/persist".directories = lib.optional true "/srv";
    }) ]`);
    expect(certain(found)).toEqual(["/srv"]);
  });

  it("4: options nobody sets have their defaults: enable is false, sets are empty, users have names and homes", async () => {
    const found = await host(`[ ({ config, lib, ... }: {
      users.users.me.isNormalUser = true;
      networking = { hostName = "a"; domain = "example.org"; };
      system.stateVersion = "24.11";
      environment.persistence."/persist".directories =
        lib.optional config.services.unbound.enable "/var/lib/unbound"
        ++ lib.optional (config.virtualisation.oci-containers.containers != { }) "/var/lib/containers"
        ++ lib.optional (config.hardware.bluetooth.enable or true) "/var/lib/bluetooth"
        ++ [
          "\${config.users.users.me.home}/\${config.users.users.me.name}"
          "/srv/\${config.networking.fqdn}"
          config.services.postgresql.dataDir
          config.services.jellyfin.dataDir
          { directory = "/var/lib/mysql"; inherit (config.services.mysql) user group; }
        ];
    }) ]`);
    expect(certain(found)).toEqual([
      "/home/me/me",
      "/srv/a.example.org",
      "/var/lib/jellyfin",
      "/var/lib/mysql",
      "/var/lib/postgresql/16",
    ]);
    const owner = entries(found).find(({ path }) => path === "/var/lib/mysql");
    expect([owner?.user, owner?.group]).toMatchObject([{ value: "mysql" }, { value: "mysql" }]);
    expect(whys(found)).toEqual([]);
  });

  it.each([
    ["24.05", "/var/lib/jellyseerr/config"],
    ["26.05", "/var/lib/seerr"],
  ])("4: defaults follow what their modules make them depend on: %s", async (stateVersion, seerr) => {
    const found = await host(`[ ({ config, lib, ... }: {
      system.stateVersion = "${stateVersion}";
      services.gitea.stateDir = "/data/gitea";
      environment.persistence."/persist".directories = [
        config.services.gitea.repositoryRoot
        "/var/lib/\${config.services.mautrix-meta.instances.a.dataDir}"
        config.services.seerr.configDir
        { directory = config.services.paperless.dataDir; inherit (config.services.paperless) user; }
      ];
    }) ]`);
    expect(certain(found)).toEqual(
      ["/data/gitea/repositories", "/var/lib/mautrix-meta-a", "/var/lib/paperless", seerr].sort(),
    );
    expect(whys(found)).toEqual([]);
  });

  it.each([
    ["nixos-25.11", ["/srv/scripts"]],
    ["nixos-26.05", ["/srv/systemd"]],
    ["nixos-unstable", []],
  ])("4: whether systemd runs stage 1 depends on the branch: %s", async (branch, expected) => {
    const found = await host(
      `[ ({ config, ... }: { environment.persistence."/persist".directories =
        [ (if config.boot.initrd.systemd.enable then "/srv/systemd" else "/srv/scripts") ]; }) ]`,
      {},
      branch,
    );
    expect(certain(found)).toEqual(expected);
    expect(whys(found).length === 0).toBe(expected.length > 0);
  });

  it.each([
    ["2024-10-21", "24.11"],
    ["2025-12-02", "25.11"],
    ["2026-04-10", undefined],
    ["2026-06-16", "26.11"],
  ])(
    "4: a rolling branch has the defaults of the release in the making when it was locked: %s",
    async (date, release) => {
      const locked = { lastModified: Date.parse(date) / 1000, owner: "NixOS", repo: "nixpkgs", type: "github" };
      const found = await host(
        "[ { } ]",
        {
          "/flake.lock": JSON.stringify({
            nodes: { nixpkgs: { locked }, root: { inputs: { nixpkgs: "nixpkgs" } } },
            root: "root",
          }),
        },
        "nixos-unstable",
      );
      expect(found.release.nixos).toBe(release);
    },
  );

  it("5: disko makes filesystems by its own rules, also for code that reads them back", async () => {
    const found = await host(`[ ({ config, lib, ... }: {
      disko.devices.disk.main = { device = "/dev/sda"; content = { type = "gpt"; partitions.root = {
        size = "100%";
        content = { type = "btrfs"; subvolumes = {
          "/root" = { mountpoint = "/"; mountOptions = [ "noatime" ]; };
          "/persist" = { mountpoint = "/persist"; };
          "/unmounted" = { };
        }; };
      }; }; };
      environment.persistence."/persist".directories =
        lib.optional (config.fileSystems."/".fsType == "btrfs") config.fileSystems."/".device;
    }) ]`);
    expect(found.fileSystems.map(({ mountpoint }) => mountpoint)).toEqual(["/", "/persist"]);
    expect(found.fileSystems[0]?.options.map(({ text }) => text)).toEqual(["noatime", "subvol=/root"]);
    expect(certain(found)).toEqual(["/dev/disk/by-partlabel/disk-main-root"]);
  });

  it("6: options have types that change what is merged", async () => {
    const found = await host(`[ ({ config, lib, options, ... }: let inherit (lib) mkOption types; in {
      options.my = {
        list = mkOption { type = types.listOf (types.attrsOf types.anything); default = [ ]; };
        coerced = mkOption { type = types.coercedTo types.str (path: { inherit path; }) types.attrs; default = { }; };
        maybe = mkOption { type = types.nullOr types.str; default = null; };
        sub = mkOption { default = { }; type = types.attrsOf (types.submodule ({ name, ... }: {
          options.path = mkOption { type = types.str; default = "/sub/\${name}"; };
        })); };
        applied = mkOption { type = types.str; apply = path: "/applied/\${path}"; };
      };
      imports = [ (lib.mkAliasOptionModule [ "my" "persistence" ] [ "environment" "persistence" "/persist" ]) ];
      config = {
        my.list = [ (lib.mkIf true { directory = "/list"; }) (lib.mkIf false { directory = "/off"; }) ];
        my.coerced = "/coerced";
        my.sub.x = { };
        my.applied = "x";
        my.persistence.directories = map (entry: entry.directory) config.my.list
          ++ [ config.my.coerced.path config.my.sub.x.path config.my.applied (lib.mkIf true "/element") ]
          ++ lib.optional (config.my.maybe != null) config.my.maybe
          ++ lib.optional options.my.maybe.isDefined "/defined";
      };
    }) ]`);
    expect(certain(found)).toEqual(["/applied/x", "/coerced", "/element", "/list", "/sub/x"]);
  });

  it("7: a package is a store path, so that scripts that interpolate it stay readable", async () => {
    const found = await host(`[ ({ pkgs, lib, ... }: {
      fileSystems."/" = { device = "/dev/disk/by-label/x"; fsType = "btrfs"; options = [ "subvol=root" ]; };
      boot.initrd.systemd.enable = true;
      boot.initrd.systemd.services.rollback = {
        wantedBy = [ "initrd.target" ];
        before = [ "sysroot.mount" ];
        script = ''
          \${pkgs.coreutils}/bin/mkdir /mnt
          \${pkgs.util-linux}/bin/mount -o subvol=/ /dev/disk/by-label/x /mnt
          \${lib.getExe pkgs.btrfs-progs} subvolume delete /mnt/root
          \${lib.getExe pkgs.btrfs-progs} subvolume snapshot /mnt/blank /mnt/root
        '';
      };
      environment.persistence."/persist".directories =
        lib.optional pkgs.stdenv.hostPlatform.isAarch64 "/srv/\${pkgs.stdenv.hostPlatform.system}";
      nixpkgs.hostPlatform = "aarch64-linux";
    }) ]`);
    expect(found.ephemeralRoot).toMatchObject({ kind: "rollback" });
    expect(certain(found)).toEqual(["/srv/aarch64-linux"]);
  });

  it("8: folders are walked inside the workspace and nowhere else", async () => {
    const found = await host(
      `[ ({ lib, ... }: {
        imports = map (name: ./modules/\${name}) (builtins.attrNames (builtins.readDir ./modules))
          ++ lib.filter (lib.hasSuffix ".nix") (lib.filesystem.listFilesRecursive ./more)
          ++ lib.fileset.toList (lib.fileset.fileFilter (file: file.hasExt "nix") ./set);
        environment.persistence."/persist".files = lib.optional (builtins.pathExists /etc/passwd) "/etc/outside";
      }) ]`,
      {
        "/modules/x.nix": '{ environment.persistence."/persist".directories = [ "/x" ]; }',
        "/more/deep/y.nix": '{ environment.persistence."/persist".directories = [ "/y" ]; }',
        "/more/readme.md": "no module",
        "/set/deep/z.nix": '{ environment.persistence."/persist".directories = [ "/z" ]; }',
        "/set/notes.txt": "no module",
      },
    );
    expect(certain(found)).toEqual(["/x", "/y", "/z"]);
  });

  it("9: a module of an input is harmless until one of its options decides what is persisted", async () => {
    const harmless = await host(`[ ({ inputs, ... }: {
      imports = [ inputs.own.nixosModules.default ];
      environment.persistence."/persist".directories = [ "/srv" ];
    }) ]`);
    expect(whys(harmless)).toEqual([]);
    expect(harmless.opaque.map(({ known }) => known)).toEqual([true]);
    const decides = await host(`[ ({ inputs, config, ... }: {
      imports = [ inputs.own.nixosModules.default ];
      environment.persistence."/persist".directories = [ "/srv" config.own.directory ];
    }) ]`);
    expect(certain(decides)).toEqual(["/srv"]);
    expect(whys(decides)).toEqual([
      "nothing in the workspace sets `own.directory`, and its default comes from a flake input, `own`, which is not in the workspace",
    ]);
  });

  it("9: groups of options are there when the module that declares them is imported", async () => {
    const text = (imports: string) => `[ ({ inputs, ... }: { imports = [ ${imports} ]; })
      ({ options, lib, ... }: { environment.persistence."/persist".directories =
        lib.optional (options ? disko) "/disko" ++ lib.optional (options ? wsl) "/wsl"; }) ]`;
    const found = await host(text("inputs.disko.nixosModules.disko inputs.own.nixosModules.default"));
    expect(certain(found)).toEqual(["/disko"]);
    expect(entries(found)).toHaveLength(1);
    const unclear = await host(text('(builtins.fetchTarball "https://example.org/module.tar.gz")'));
    expect(certain(unclear)).toEqual([]);
    expect(entries(unclear).map(({ path }) => path)).toEqual(["/disko", "/wsl"]);
  });

  it("10: paths made of texts lead back into the workspace", async () => {
    const found = await host(
      `[ "\${self}/modules/x.nix" ({ inputs, ... }: { imports = [ "\${./modules}/y.nix" (inputs.self + "/modules/z.nix") ]; }) ]`,
      Object.fromEntries(
        ["x", "y", "z"].map((name) => [
          `/modules/${name}.nix`,
          `{ environment.persistence."/persist".directories = [ "/${name}" ]; }`,
        ]),
      ),
    );
    expect(certain(found)).toEqual(["/x", "/y", "/z"]);
    expect(found.problems).toEqual([]);
  });

  it("11: nested definitions of one set join", async () => {
    const found = await host(`[ {
      environment.persistence = { "/persist".directories = [ "/x" ]; };
      environment.persistence."/persist".files = [ "/etc/machine-id" ];
    } ]`);
    expect(certain(found)).toEqual(["/etc/machine-id", "/x"]);
  });

  it("a function of `lib` that is not known here may import anything", async () => {
    const found = await host(
      `[ ({ lib, ... }: { imports = lib.noSuchFunction ./modules ++ [ { fileSystems."/".device = "tmpfs"; } ]; }) ]`,
    );
    expect(whys(found).join()).toContain("`lib.noSuchFunction` is not modelled");
  });

  it("overlays extend `lib`, one after the other", async () => {
    const found = await host(
      `[ ({ inputs, ... }: let
        pkgs = import "\${inputs.nixpkgs.outPath}/pkgs/top-level" {
          localSystem.system = "x86_64-linux";
          overlays = [
            (final: prev: { lib = prev.lib.extend (_: _: { own.named = folder: name: [ (folder + "/\${name}.nix") ]; }); })
            (final: prev: { lib = prev.lib.extend (_: _: { low = final.lib.toLower "A"; }); hello = prev.hello; })
          ];
        };
      in { imports = pkgs.lib.own.named ./modules pkgs.lib.low; }) ]`,
      { "/modules/a.nix": `{ environment.persistence."/persist".directories = [ "/srv" ]; }` },
    );
    expect(whys(found)).toEqual([]);
    expect(certain(found)).toEqual(["/srv"]);
  });

  it("a service that another one switches on is on for code that asks", async () => {
    const store = `environment.persistence."/persist".directories =
      lib.optional config.services.postgresql.enable "/var/lib/postgresql"
      ++ lib.optional config.services.mysql.enable "/var/lib/mysql";`;
    const found = await host(`[ ({ config, lib, ... }: { ${store}
      services.mastodon = { enable = true; database.createLocally = true; };
    }) ]`);
    expect(certain(found)).toEqual(["/var/lib/postgresql"]);
    expect(found.services.find(({ enable }) => enable === "services.postgresql.enable")?.impliedBy).toBe(
      "services.mastodon.enable",
    );
    const without = await host(`[ ({ config, lib, ... }: { ${store}
      services.mastodon = { enable = true; database.createLocally = false; };
    }) ]`);
    expect(certain(without)).toEqual([]);
  });

  it("users that may be left out of a list of users keep what else is said of them", async () => {
    const found = await host(`[ ({ lib, inputs, config, ... }: {
      users.users = builtins.listToAttrs (map (name: { inherit name; value.hashedPassword = "x"; })
        (builtins.filter (name: inputs.own.secrets ? \${name}) [ "me" "you" ]));
      imports = [ { users.users.me = { isNormalUser = true; home = "/home/of-me"; }; } ];
      environment.persistence."/persist".users.me.directories = [ "src" ];
    }) ]`);
    expect(certain(found)).toEqual(["/home/of-me/src"]);
    expect(whys(found)).toEqual([]);
  });
});
