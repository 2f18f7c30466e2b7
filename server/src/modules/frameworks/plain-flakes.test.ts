import { describe, expect, it } from "vitest";
import { HOST, hostsOf, persisted, whys } from "../../testing/hosts-of.ts";

describe("flakes of the workspace", () => {
  it("reads inputs that are folders beside the flake, with what they follow", async () => {
    const hosts = await hostsOf({
      "/hosts/a/flake.nix": `{
        inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-24.11";
        inputs.common.url = "path:../../common";
        inputs.common.inputs.nixpkgs.follows = "nixpkgs";
        inputs.again.follows = "common";
        inputs.files = { url = "../../files"; flake = false; };
        outputs = { common, again, files, ... }: {
          nixosConfigurations.a = common.lib.make [ again.nixosModules.store "\${files}/module.nix" ];
        };
      }`,
      "/common/flake.nix": `{
        inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";
        outputs = { self, nixpkgs, ... }: {
          lib.make = modules: nixpkgs.lib.nixosSystem { modules = modules ++ [ ./host.nix ]; };
          nixosModules.store.environment.persistence."/persist".directories = [ "/srv/store" ];
        };
      }`,
      "/common/host.nix": HOST,
      "/files/module.nix": '{ environment.persistence."/persist".files = [ "/etc/machine-id" ]; }',
    });
    expect(persisted(hosts.get("a")).sort()).toEqual(["/etc/machine-id", "/srv/store", "/var/lib/x"]);
    expect(hosts.get("a")?.release.nixos).toBe("24.11");
  });

  it("ends when flakes include each other", async () => {
    const hosts = await hostsOf({
      "/a/flake.nix": `{
        inputs.b.url = "path:../b";
        outputs = { b, nixpkgs, ... }: { x = b.y; nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./host.nix ]; }; };
      }`,
      "/b/flake.nix": `{ inputs.a.url = "path:../a"; outputs = { a, ... }: { y = a.x; }; }`,
      "/a/host.nix": HOST,
    });
    expect(persisted(hosts.get("a"))).toEqual(["/var/lib/x"]);
  });
});

describe("hosts of plain flakes", () => {
  const flake = (outputs: string) => `{
    inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
    outputs = { self, nixpkgs }: let inherit (nixpkgs) lib; in ${outputs};
  }`;

  it("are hosts after something was added to them, and as the value of an option", async () => {
    const hosts = await hostsOf({
      "/flake.nix": flake(`{
        nixosConfigurations.added = nixpkgs.lib.nixosSystem { modules = [ ./host.nix ]; } // { note = "x"; };
        nixosConfigurations.option = (lib.evalModules { modules = [
          { options.made = lib.mkOption { type = lib.types.attrs; readOnly = true; default = nixpkgs.lib.nixosSystem { modules = [ ./host.nix ]; }; }; }
        ]; }).config.made;
      }`),
      "/host.nix": HOST,
    });
    expect(persisted(hosts.get("added"))).toEqual(["/var/lib/x"]);
    expect(persisted(hosts.get("option"))).toEqual(["/var/lib/x"]);
  });

  it("are told from others by the platform of their packages", async () => {
    const hosts = await hostsOf({
      "/flake.nix": flake(`let
        of = system: let pkgs = nixpkgs.legacyPackages.\${system}; in
          if pkgs.stdenv.isDarwin then { darwinConfigurations.m = throw "no"; }
          else { nixosConfigurations.\${system} = nixpkgs.lib.nixosSystem { modules = [ ./host.nix ]; }; };
      in lib.foldl' lib.recursiveUpdate { } (map of [ "aarch64-darwin" "x86_64-linux" "aarch64-linux" ])`),
      "/host.nix": HOST,
    });
    expect([...hosts.keys()].sort()).toEqual(["aarch64-linux", "x86_64-linux"]);
  });

  it("take options that are declared as copies of others, and do not guess arguments that cannot be seen", async () => {
    const hosts = await hostsOf({
      "/flake.nix": flake(`let
        setups = lib.evalModules { modules = [
          ({ options, config, ... }: {
            options.all = lib.mkOption { type = lib.types.attrsOf lib.types.anything; default = { }; };
            options.nixos = options.all // { description = "for NixOS"; };
            config.nixos = config.all;
          })
          { nixos.folder = ./modules; }
        ]; };
        host = specialArgs: nixpkgs.lib.nixosSystem { inherit specialArgs; modules = [ ({ folder, ... }: { imports = [ "\${folder}/host.nix" ]; }) ]; };
      in { nixosConfigurations = { copied = host setups.config.nixos; hidden = host (builtins.fromJSON (builtins.getEnv "ARGS")); }; }`),
      "/modules/host.nix": HOST,
    });
    expect(persisted(hosts.get("copied"))).toEqual(["/var/lib/x"]);
    expect(whys(hosts.get("hidden"))).toEqual([expect.stringContaining("read from the environment")]);
  });

  it("import modules from copies of folders in the store, unless a filter says what is copied", async () => {
    const hosts = await hostsOf({
      "/flake.nix": flake(`let
        whole = builtins.path { path = self.outPath + "/modules"; name = "modules"; };
        some = builtins.path { path = ./modules; filter = path: _: baseNameOf path != "host.nix"; };
        host = from: nixpkgs.lib.nixosSystem { modules = [ "\${from}/host.nix" ]; };
      in { nixosConfigurations = { whole = host whole; clean = host (lib.cleanSource ./modules); some = host some; }; }`),
      "/modules/host.nix": HOST,
    });
    expect(persisted(hosts.get("whole"))).toEqual(["/var/lib/x"]);
    expect(persisted(hosts.get("clean"))).toEqual(["/var/lib/x"]);
    expect(persisted(hosts.get("some"))).toEqual([]);
    expect(whys(hosts.get("some"))).toEqual(["…/host.nix cannot be read: it needs the Nix store"]);
  });

  it("leave files alone that are called like a flake and are none", async () => {
    const hosts = await hostsOf({
      "/flake.nix": flake("{ nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./host.nix ]; }; }"),
      "/modules/flake.nix": "{ inputs, ... }: { imports = [ ]; }",
      "/lib/flake.nix": "{ mapFlake = x: x; }",
      "/host.nix": HOST,
    });
    expect([...hosts.keys()]).toEqual(["a"]);
  });

  it("import NixOS' own files, and what only a plugin of Nix can read, without failing", async () => {
    const hosts = await hostsOf({
      "/flake.nix": flake(`{
        nixosConfigurations.own = nixpkgs.lib.nixosSystem { modules = [
          (import "\${nixpkgs}/nixos/modules/installer/cd-dvd/installation-cd-minimal.nix") ./host.nix
        ]; };
        nixosConfigurations.plugin = nixpkgs.lib.nixosSystem { modules = [ ./host.nix {
          imports = [ (assert lib.assertMsg (builtins ? extraBuiltins.decrypt) "no plugin"; builtins.extraBuiltins.decrypt ./a.age) ];
        } ]; };
      }`),
      "/host.nix": HOST,
    });
    expect(whys(hosts.get("own"))).toEqual([]);
    expect(whys(hosts.get("plugin"))).toEqual([
      "a module cannot be read: a plugin of whoever builds the system gives it",
    ]);
    expect(hosts.get("plugin")?.problems).toEqual([]);
  });
});
