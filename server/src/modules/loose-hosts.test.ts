import { describe, expect, it } from "vitest";
import { analyseFiles } from "../testing/analyse-files.ts";

const HOST = `{
  fileSystems."/" = { device = "none"; fsType = "tmpfs"; };
  fileSystems."/persist" = { device = "/dev/sda1"; fsType = "ext4"; neededForBoot = true; };
  environment.persistence."/persist".directories = [ "/var/lib/x" ];
}`;

/** Hosts as `name entry`, sorted; and what could not be listed. */
async function found(files: Record<string, string>) {
  const { analysis } = await analyseFiles(files);
  return {
    hosts: analysis.hosts.map(({ reference }) => `${reference.name} ${reference.entry}`).sort(),
    problems: analysis.problems.map(({ entry, why }) => `${entry}: ${why}`),
  };
}

describe("hosts outside of flakes", () => {
  it("finds a hive under any name, by its settings, and asks no module of it to be a host", async () => {
    const { hosts } = await found({
      "/colmena.nix": `let pins = import ./npins; in {
        meta = { nixpkgs = import pins.nixpkgs { }; };
        defaults.imports = map (name: ./modules + "/\${name}") (builtins.attrNames (builtins.readDir ./modules));
        web = import ./hosts/web;
      }`,
      "/npins/default.nix": "builtins.fetchTarball { }",
      "/npins/sources.json": '{ "pins": { "nixpkgs": { "url": "https://nixos.org/channels/nixos-25.11" } } }',
      "/hosts/web/default.nix": `{ ... }: ${HOST}`,
      "/modules/ssh.nix": "{ services.openssh.enable = true; }",
      "/modules/boot.nix": "{ boot.loader.systemd-boot.enable = true; }",
    });
    expect(hosts).toEqual(["web /colmena.nix"]);
  });

  it("finds a network of morph, but takes no module with `meta` for one", async () => {
    const { hosts } = await found({
      "/network.nix": `{ network = { pkgs = import <nixpkgs> { }; }; "a.example" = ${HOST}; }`,
      "/other.nix": `{ meta.maintainers = [ ]; ${HOST.slice(1)}`,
    });
    expect(hosts).toEqual(["a.example /network.nix", "other /other.nix"]);
  });

  it("asks the file that a folder is entered by, when a function far below calls NixOS", async () => {
    const { hosts } = await found({
      "/default.nix": `args@{ ... }: let
        my = { lib = import ./lib.nix { inherit my; }; pkgs = import <nixpkgs> { }; hosts = import ./hosts.nix { inherit my; }; };
      in my`,
      "/hosts.nix": "args@{ my ? import ./. args, ... }: my.lib.hostsWith { thoth = { }; }",
      "/lib.nix": `{ my }: builtins.foldl' (a: file: a // import (./lib + "/\${file}") my) { } (builtins.attrNames (builtins.readDir ./lib))`,
      "/lib/hosts.nix": `my: { hostsWith = builtins.mapAttrs (name: _:
        import "\${my.pkgs.path}/nixos/lib/eval-config.nix" { modules = [ (../hosts + "/\${name}.nix") ]; }); }`,
      "/hosts/thoth.nix": HOST,
    });
    expect(hosts).toEqual(["thoth /default.nix"]);
  });

  it("gives modules the library that eval-config.nix is called with, from sources that lon pins", async () => {
    const { hosts } = await analyseFiles({
      "/default.nix": `let
        sources = import ./lon.nix;
        lib = (import "\${sources.nixpkgs}/lib").extend (_: _: { dirs = [ "/var/lib/x" ]; });
      in {
        nixosConfigurations.a = import "\${sources.nixpkgs}/nixos/lib/eval-config.nix" {
          inherit lib;
          modules = [ ({ lib, ... }: { environment.persistence."/persist".directories = lib.dirs; }) ];
        };
      }`,
      "/lon.nix": "builtins.mapAttrs (_: fetchTarball) (builtins.fromJSON (builtins.readFile ./lon.lock)).sources",
      "/lon.lock": JSON.stringify({
        version: "1",
        sources: { nixpkgs: { type: "Channel", url: "https://releases.nixos.org/nixos/unstable/x.tar.gz" } },
      }),
    });
    expect(hosts[0]?.stores[0]?.directories.map(({ path }) => path)).toEqual(["/var/lib/x"]);
  });

  it("lists a host once that two files of a folder show, and files that only one of them reads not at all", async () => {
    const { hosts } = await found({
      "/default.nix": `rec {
        nixosConfigurations.a = import <nixpkgs/nixos/lib/eval-config.nix> { modules = [ (./. + "/hosts/a") ]; };
      }`,
      "/hive.nix":
        "{ meta.nixpkgs = <nixpkgs>; a.imports = (import ./default.nix).nixosConfigurations.a._module.args.modules; }",
      "/hosts/a/default.nix": HOST,
    });
    expect(hosts).toEqual(["a /default.nix"]);
  });

  it("takes modules of services for no hosts where there are whole ones, and a lone module for one", async () => {
    const { hosts } = await found({
      "/hosts/a.nix": HOST,
      "/modules/web.nix": "{ services.nginx.enable = true; }",
      "/modules/store.nix": `{ lib, config, ... }: {
        options.my.store = lib.mkOption { };
        config.environment.persistence."/persist".directories = [ ];
      }`,
    });
    expect(hosts).toEqual(["a /hosts/a.nix"]);
    expect((await found({ "/web.nix": "{ services.nginx.enable = true; }" })).hosts).toEqual(["web /web.nix"]);
    expect((await found({ "/part.nix": "{ inputs, ... }: { imports = [ inputs.x.flakeModule ]; }" })).hosts).toEqual(
      [],
    );
  });

  it("finds hosts beside a flake that has none", async () => {
    const { hosts, problems } = await found({
      "/flake.nix": "{ outputs = { self }: { devShells = { }; }; }",
      "/hive.nix": `{ meta.nixpkgs = <nixpkgs>; a = ${HOST}; }`,
      "/loose.nix": HOST,
    });
    expect(hosts).toEqual(["a /hive.nix"]);
    expect(problems).toEqual([]);
  });

  it("reads no files behind other sets than that of the hosts", async () => {
    const { hosts, findings } = await analyseFiles({
      "/default.nix": `{
        nixosConfigurations.a = import <nixpkgs/nixos/lib/eval-config.nix> { modules = [ ./host.nix ]; };
        profiles = builtins.mapAttrs (name: _: import (./profiles + "/\${name}")) (builtins.readDir ./profiles);
      }`,
      "/host.nix": HOST,
      "/profiles/token.age": "age-encryption.org/v1 = )",
    });
    expect(hosts.map(({ name }) => name)).toEqual(["a"]);
    expect(JSON.stringify(findings)).not.toContain(".age");
  });

  it("says why no hosts are in sight", async () => {
    const { hosts, problems } = await found({
      "/nilla.nix": "let pins = import ./npins; nilla = import pins.nilla; in nilla.create { includes = [ ./hosts ]; }",
      "/npins/default.nix": "builtins.fetchTarball { }",
      "/npins/sources.json": '{ "pins": { "nilla": { "repository": { "owner": "nilla-nix", "repo": "nilla" } } } }',
    });
    expect(hosts).toEqual([]);
    expect(problems).toEqual(["/nilla.nix: `nilla.outPath` comes from a flake input, which is not in the workspace"]);
  });

  it("takes no module for a host that nilla finds by its folder", async () => {
    const { hosts, problems } = await found({
      "/nix/nilla.nix": "let pins = import ./npins; in (import pins.nilla).create { includes = [ ./systems ]; }",
      "/nix/npins/default.nix": "builtins.fetchTarball { }",
      "/nix/systems/box/hardware.nix": HOST,
      "/nix/systems/default.nix": "{ config, ... }: { config.systems.nixos.box.args = { }; }",
      "/other/host.nix": HOST,
    });
    expect(hosts).toEqual(["host /other/host.nix"]);
    expect(problems).toEqual([expect.stringContaining("/nix/nilla.nix: ")]);
  });

  it("asks no configuration of a Mac, and calls nothing a mistake that an argument from outside decides", async () => {
    const { analysis, findings } = await analyseFiles({
      "/darwin/mac/default.nix": '{ flake, ... }: { imports = [ (flake + "/x.nix") ]; networking.hostName = "mac"; }',
      "/mac.nix": '{ homebrew.enable = true; networking.hostName = "mac"; }',
      "/host.nix": `{ flake, ... }: { imports = [ flake.modules.x (flake + "/secrets.nix") ./disk.nix ]; networking.hostName = "a"; }`,
      "/disk.nix": HOST,
    });
    expect(analysis.hosts.map(({ reference }) => reference.name)).toEqual(["host"]);
    expect(findings.filter(({ code }) => code === "IMP011")).toEqual([]);
    const whys = analysis.hosts[0]?.host.incomplete.map(({ why }) => why) ?? [];
    expect(whys).toHaveLength(2);
    for (const why of whys) expect(why).toContain("is said outside of the workspace");
  });
});
