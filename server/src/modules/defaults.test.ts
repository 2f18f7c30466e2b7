import { expect, it } from "vitest";
import { analyseFiles } from "../testing/analyse-files.ts";

/** What a host whose modules say `text` persists, and why it is not known completely. */
async function persisted(text: string, files: Record<string, string> = {}) {
  const { hosts } = await analyseFiles({
    "/flake.nix": `{
      inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
      outputs = { nixpkgs, ... }: {
        nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./host.nix ]; };
      };
    }`,
    "/host.nix": `{ config, lib, pkgs, ... }: { system.stateVersion = "25.05"; ${text} }`,
    ...files,
  });
  const [host] = hosts;
  const entries = host?.stores.flatMap(({ directories }) => directories) ?? [];
  const paths = entries.map(({ path }) => path);
  return {
    paths,
    certain: entries.map(({ certain }) => certain),
    whys: host?.incomplete.map(({ why }) => why),
    open: host?.stores.flatMap((store) => store.open),
  };
}
const directories = (list: string) => `environment.persistence."/persist".directories = [ ${list} ];`;

it("knows names, homes and XDG folders that home-manager takes from the account", async () => {
  const { paths } = await persisted(`
    users.users.me = { isNormalUser = true; home = "/home/myself"; };
    home-manager.users.me = { config, ... }: { home.file.x.text = config.xdg.dataHome; };
    ${directories("config.home-manager.users.me.xdg.stateHome config.home-manager.users.me.xdg.userDirs.music")}
    environment.persistence."/persist".users.\${config.home-manager.users.me.home.username}.directories = [ ".ssh" ];
  `);
  expect(paths).toEqual(["/home/myself/.local/state", "/home/myself/Music", "/home/myself/.ssh"]);
});

it("knows where secrets are put without the secrets", async () => {
  const { paths } = await persisted(`
    sops.secrets.a = { }; sops.secrets.b.neededForUsers = true; sops.secrets.c.name = "other"; age.secrets.d.file = ./d.age;
    ${directories("config.sops.secrets.a.path config.sops.secrets.b.path config.sops.secrets.c.path config.age.secrets.d.path")}
  `);
  expect(paths).toEqual(["/run/secrets/a", "/run/secrets-for-users/b", "/run/secrets/other", "/run/agenix/d"]);
});

it("does not make up the path of a secret that nobody declares", async () => {
  const { paths, open } = await persisted(directories("config.sops.secrets.a.path"));
  expect(paths).toEqual([]);
  expect(open).toHaveLength(1);
});

it("knows the version of PostgreSQL that a state version brings, and that of a package", async () => {
  const { paths } = await persisted(
    directories(`"/a/\${config.services.postgresql.package.psqlSchema}" "/b/\${pkgs.postgresql_15.psqlSchema}"`),
  );
  expect(paths).toEqual(["/a/16", "/b/15"]);
});

it("takes a call of something from nixpkgs for a package", async () => {
  const { hosts } = await analyseFiles({
    "/host.nix": `{ pkgs, ... }: {
      fileSystems."/usr/share/fonts" = {
        device = (pkgs.buildEnv { name = "fonts"; paths = [ ]; }) + "/share/fonts"; fsType = "fuse.bindfs";
      };
    }`,
  });
  expect(hosts[0]?.fileSystems[0]?.device).toMatchObject({ value: expect.stringMatching(/-fonts\/share\/fonts$/) });
});

it("gives no option of a set that is indexed by something unknown its default", async () => {
  const { paths, certain } = await persisted(`
    environment.persistence."/persist".directories =
      lib.optional config.services.\${config.unheard.name}.enable "/x" ++ [ "/y" ];
  `);
  expect(paths).toEqual(["/x", "/y"]);
  expect(certain[0]).toMatchObject({ answer: "unknown", why: expect.stringContaining("`unheard.name`") });
});

it("says of an encrypted file that it is encrypted", async () => {
  const { whys } = await persisted("imports = [ ./secret.nix ];", { "/secret.nix": "\0GITCRYPT\0 \u0001\u0002" });
  expect(whys?.[0]).toContain("encrypted with git-crypt");
});

it("finds nixpkgs behind patches that are applied to it", async () => {
  const { hosts, analysis } = await analyseFiles({
    "/flake.nix": `{
      inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
      outputs = { nixpkgs, ... }: let
        patched = (import nixpkgs { system = "x86_64-linux"; }).applyPatches { src = nixpkgs; patches = [ ./a.patch ]; };
      in {
        nixosConfigurations.a = import "\${patched}/nixos/lib/eval-config.nix" { modules = [
          { environment.persistence."/persist".files = [ "/x" ]; }
        ]; };
      };
    }`,
  });
  expect(analysis.unchecked).toEqual([]);
  expect(hosts[0]?.stores[0]?.files.map(({ path }) => path)).toEqual(["/x"]);
});

it("keeps what is in sets of packages that something is merged into", async () => {
  const { hosts, analysis } = await analyseFiles({
    "/flake.nix": `{
      inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
      outputs = { nixpkgs, ... }: let
        own.x86 = { name = "own"; };
        sets = nixpkgs.lib.recursiveUpdate own { x86 = import nixpkgs { system = "x86_64-linux"; }; };
        inherit (sets.x86) lib name;
      in {
        nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = lib.optional sets.x86.stdenv.isLinux {
          environment.persistence."/persist".files = [ "/\${name}" ];
        }; };
      };
    }`,
  });
  expect(analysis.unchecked).toEqual([]);
  expect(hosts[0]?.incomplete).toEqual([]);
  expect(hosts[0]?.stores[0]?.files.map(({ path }) => path)).toEqual(["/own"]);
});

it("gives a module that is a function by its functor the arguments it is said to take", async () => {
  const { paths, whys } = await persisted(`
    imports = [
      (lib.mirrorFunctionArgs ({ pkgs, extra, ... }: { }) (given: {
        environment.persistence."/persist".directories = [ "/\${given.extra}" "/\${given.pkgs.hello.pname}" ];
      }))
    ];
    _module.args.extra = "more";
  `);
  expect(paths).toEqual(["/more", "/hello"]);
  expect(whys).toEqual([]);
});

it("knows that a free form holds nothing but what is written, also where outputs of a flake are read back", async () => {
  const { hosts, analysis } = await analyseFiles({
    "/flake.nix": `{
      inputs.flake-parts.url = "github:hercules-ci/flake-parts";
      inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
      outputs = inputs: inputs.flake-parts.lib.mkFlake { inherit inputs; } {
        imports = [ ({ self, ... }: {
          flake.own.a = { };
          flake.nixosConfigurations.a = inputs.nixpkgs.lib.nixosSystem {
            modules = [ self.own.a { environment.persistence."/persist".files = [ "/x" ]; } ];
          };
        }) ];
      };
    }`,
  });
  expect(analysis.unchecked).toEqual([]);
  expect(hosts[0]?.incomplete).toEqual([]);
});

it("takes entries for switched on that NixOS switches on by themselves", async () => {
  const { paths, whys } = await persisted(`
    fileSystems."/persist" = { device = "/dev/sda1"; fsType = "ext4"; };
    disko.devices.disk.a = { device = "/dev/sdb"; content = { type = "gpt"; partitions.a.content = {
      type = "filesystem"; format = "ext4"; mountpoint = "/data"; }; }; };
    fileSystems."/off" = { device = "/dev/sda2"; fsType = "ext4"; enable = false; };
    users.users.me.isNormalUser = true;
    systemd.services.job.script = "x";
    ${directories(`] ++ lib.optional config.fileSystems."/persist".enable "/a"
      ++ lib.optional config.fileSystems."/data".enable "/b" ++ lib.optional config.fileSystems."/off".enable "/c"
      ++ lib.optional config.users.users.me.enable "/d" ++ lib.optional config.systemd.services.job.enable "/e"
      ++ lib.optional config.services.nginx.enable "/f" ++ [`)}
  `);
  expect(paths).toEqual(["/a", "/b", "/d", "/e"]);
  expect(whys).toEqual([]);
});

it("gives modules of home-manager a path to its own modules, which are left alone", async () => {
  const { paths, whys } = await persisted(`
    home-manager.users.me = { modulesPath, osClass, lib, ... }: {
      imports = [ "\${modulesPath}/programs/bat.nix" ];
      options.kept = lib.mkOption { type = lib.types.listOf lib.types.str; default = [ "/\${osClass}" ]; };
    };
    ${directories("] ++ config.home-manager.users.me.kept ++ [")}
  `);
  expect(paths).toEqual(["/nixos"]);
  expect(whys).toEqual([]);
});

it("knows the name of a container's service, so that other services are not in doubt", async () => {
  const { paths, whys } = await persisted(`
    virtualisation.oci-containers.containers.web.image = "x";
    systemd.services.\${config.virtualisation.oci-containers.containers.web.serviceName}.after = [ "x.mount" ];
    ${directories(`] ++ map (name: "/\${name}") (builtins.attrNames config.systemd.services) ++ [`)}
  `);
  expect(paths).toEqual(["/podman-web"]);
  expect(whys).toEqual([]);
});

it("knows names and numbers of accounts and folders that other options are made of", async () => {
  const { paths, open } = await persisted(`
    services.syncthing.enable = true;
    ${directories(`
      "/a/\${toString config.users.groups.syncthing.gid}-\${toString config.users.groups.wheel.gid}"
      "/b/\${config.services.postfix.group}/\${config.services.ntfy-sh.user}"
      "/c\${config.services.bind.directory}/\${config.services.opencloud.user}"
      "/d/\${config.networking.networkmanager.wifi.backend}"
    `)}
  `);
  expect(paths).toEqual(["/a/237-1", "/b/postfix/ntfy-sh", "/c/run/named/opencloud", "/d/wpa_supplicant"]);
  expect(open).toEqual([]);
});

it("assumes of a configuration that a file of NixOS makes what it assumes of an imported one", async () => {
  const { paths, whys, open } = await persisted(`
    imports = [
      ({ lib, modulesPath, pkgs, ... }: {
        config = lib.mkMerge [
          { ${directories('"/a"')} }
          (lib.mkIf true (import (modulesPath + "/programs/wayland/wayland-session.nix") { inherit lib pkgs; }))
        ];
      })
    ];
  `);
  expect(paths).toEqual(["/a"]);
  expect([whys, open]).toEqual([[], []]);
});

it("does not assume it of one option that such a file gives", async () => {
  const { open } = await persisted(`
    imports = [
      ({ modulesPath, ... }: { environment.persistence."/persist" = import (modulesPath + "/some/paths.nix") { }; })
    ];
  `);
  expect(open).not.toEqual([]);
});

it("knows where a store is that is read back, and that it is on", async () => {
  const { paths } = await persisted(`
    ${directories('"/a"')}
    environment.persistence."/other".directories = let store = config.environment.persistence."/persist"; in
      lib.optional store.enable "\${store.persistentStoragePath}/b";
  `);
  expect(paths).toEqual(["/a", "/persist/b"]);
});
