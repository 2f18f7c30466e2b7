import { expect, it } from "vitest";
import { analyseFiles } from "../testing/analyse-files.ts";

/** The paths that a host of nixos-25.11 keeps, and why not all is known of it. */
async function host(module: string, files: Record<string, string> = {}) {
  const { hosts } = await analyseFiles({
    "/flake.nix": `{
      inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
      inputs.home-manager.url = "github:nix-community/home-manager";
      inputs.impermanence.url = "github:nix-community/impermanence";
      inputs.lanzaboote.url = "github:nix-community/lanzaboote";
      outputs = { nixpkgs, ... }@inputs: {
        nixosConfigurations.a = nixpkgs.lib.nixosSystem { specialArgs = { inherit inputs; }; modules = [ ./host.nix ]; };
      };
    }`,
    "/host.nix": module,
    ...files,
  });
  const [one] = hosts;
  const entries = one?.stores.flatMap(({ directories }) => directories);
  return {
    certain: entries
      ?.filter(({ certain }) => certain.answer === "yes")
      .map(({ path }) => path)
      .sort(),
    possible: entries?.length,
    unknown: one?.incomplete.map(({ why }) => why),
    system: one?.system,
    open: one?.stores.flatMap(({ open }) => open),
  };
}

it("knows which options the modules of inputs declare that are imported, below the top, too", async () => {
  const persist = `{ options, config, lib, ... }: {
    environment.persistence."/persist".directories =
      lib.optionals (options.boot ? lanzaboote) [ "/var/lib/sbctl" ] ++ lib.optionals (options.environment ? persistence) [ "/srv" ];
  }`;
  const imports = (names: string) => `{ inputs, ... }: { imports = [ ./persist.nix ${names} ]; }`;
  const both = "inputs.impermanence.nixosModules.impermanence inputs.lanzaboote.nixosModules.lanzaboote";
  expect((await host(imports(both), { "/persist.nix": persist })).certain).toEqual(["/srv", "/var/lib/sbctl"]);
  const one = "inputs.impermanence.nixosModules.impermanence";
  expect((await host(imports(one), { "/persist.nix": persist })).possible).toBe(1);
});

it("does not look at what is set of an option to know that a module declares it", async () => {
  const { certain, unknown } = await host(`{ inputs, config, ... }: {
    imports = [ inputs.impermanence.nixosModules.impermanence ];
    environment.persistence =
      if config.environment ? persistence then { "/persist".directories = [ "/srv" ]; } else { };
  }`);
  expect(unknown).toEqual([]);
  expect(certain).toEqual(["/srv"]);
});

it("answers a whole group that asks whether a module declares an option in it", async () => {
  const module = (imports: string) => `{ inputs, config, lib, ... }:
    let ifPersisted = settings: if config.environment ? persistence then settings else { }; in {
      imports = [ ${imports} ];
      environment = ifPersisted { persistence."/persist".directories = [ "/srv" ]; };
    }`;
  const imported = await host(module("inputs.impermanence.nixosModules.impermanence"));
  expect(imported).toMatchObject({ certain: ["/srv"], unknown: [] });
  expect(await host(module(""))).toMatchObject({ certain: [], possible: 0, unknown: [] });
});

it("gives modules the number of the release", async () => {
  const { certain } = await host(`{ lib, ... }: {
    environment.persistence."/persist".directories =
      if lib.versionAtLeast lib.trivial.release "25.11" then [ "/new" ] else [ "/old" ];
  }`);
  expect(certain).toEqual(["/new"]);
});

it("takes the platform from a report of the hardware where nothing else says it", async () => {
  const { system } = await host("{ hardware.facter.reportPath = ./facter.json; }", {
    "/facter.json": '{ "version": 1, "system": "aarch64-linux", "hardware": { "cpu": [ { "system": "none" } ] } }',
  });
  expect(system).toMatchObject({ value: "aarch64-linux" });
});

it("takes what those pass on who declare the options of a store once more, as long as it says nothing new", async () => {
  const entry = (path: string) => `{ environment.persistence."/persist".directories = [
    { directory = "/srv"; dirPath = "${path}"; home = null; }
  ]; }`;
  expect((await host(entry("/srv"))).open).toEqual([]);
  expect((await host(entry("/other"))).open).not.toEqual([]);
});

it("knows the groups of accounts that services make, also where those are called otherwise than the service", async () => {
  const { certain } = await host(`{ config, ... }: {
    users.users.me.isNormalUser = true;
    environment.persistence."/persist".directories =
      map (user: "/srv/\${config.users.users.\${user}.group}") [ "postgres" "karakeep" ];
  }`);
  expect(certain).toEqual(["/srv/karakeep", "/srv/postgres"]);
});
