import { expect, it } from "vitest";
import { hostsOf, persisted, whys } from "../../testing/hosts-of.ts";

const FLAKE = `{
  inputs.flake-parts.url = "github:hercules-ci/flake-parts";
  inputs.flake-aspects.url = "github:vic/flake-aspects";
  inputs.home-manager.url = "github:nix-community/home-manager";
  inputs.impermanence.url = "github:nix-community/impermanence";
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
  outputs = inputs: inputs.flake-parts.lib.mkFlake { inherit inputs; } { imports = [ ./aspects.nix ./more.nix ]; };
}`;

const p = (tag: string) => `{ environment.persistence."/p".directories = [ "/m/${tag}" ]; }`;

/** The host \`h\` of a flake whose aspects are these. */
async function host(aspects: string, more = "{ }") {
  const files = {
    "/flake.nix": FLAKE,
    "/aspects.nix": `{ inputs, lib, ... }: {
      imports = [ inputs.flake-parts.flakeModules.modules inputs.flake-aspects.flakeModule ];
      flake.nixosConfigurations.h = inputs.nixpkgs.lib.nixosSystem { modules = [ inputs.self.modules.nixos.h ]; };
      flake.aspects = ${aspects};
    }`,
    "/more.nix": more,
  };
  const found = (await hostsOf(files)).get("h");
  return { paths: persisted(found).sort(), whys: whys(found) };
}

it("makes modules of aspects, with all that they include and provide, whoever writes a part of them", async () => {
  const { paths, whys } = await host(
    `{ aspects, ... }: {
      h = {
        nixos = ${p("h")};
        homeManager = { home.persistence."/p".directories = [ "never" ]; };
        includes = [ aspects.base aspects.base.provides.extra { nixos = ${p("inline")}; } ({ class, aspect-chain }: { \${class} = ${p("by-class")}; }) ];
      };
      base = { nixos = { config, ... }: ${p("base")}; includes = [ aspects.deep ]; };
      deep = { lib, ... }: { nixos = ${p("function")}; };
      unused.nixos = ${p("unused")};
    }`,
    `{ flake.aspects.base._.extra.nixos = ${p("extra")}; flake.aspects.base.nixos = ${p("part")}; }`,
  );
  expect(paths).toEqual(["/m/base", "/m/by-class", "/m/extra", "/m/function", "/m/h", "/m/inline", "/m/part"]);
  expect(whys).toEqual([]);
});

it("forwards what the aspects of users have for their homes", async () => {
  const { paths, whys } = await host(`{ aspects, ... }: {
    h.nixos = { imports = [ inputs.home-manager.nixosModules.home-manager ]; users.users.ada.isNormalUser = true; } // ${p("h")};
    h.includes = [
      ((inputs.flake-aspects.lib lib).forward {
        each = [ "ada" ];
        fromClass = _: "homeManager";
        intoClass = _: "nixos";
        intoPath = name: [ "home-manager" "users" name ];
        fromAspect = name: aspects.\${name};
      })
    ];
    ada.homeManager.home.persistence."/p".directories = [ "notes" ];
  }`);
  expect(paths).toEqual(["/home/ada/notes", "/m/h"]);
  expect(whys).toEqual([]);
});

it("resolves an aspect for a class by itself, and does not know the rest of the library", async () => {
  const { paths } = await host(`{ aspects, ... }: {
    h.nixos.imports = [ (aspects.other.resolve { class = "nixos"; }) ];
    other.nixos = ${p("resolved")};
  }`);
  expect(paths).toEqual(["/m/resolved"]);
  const { whys } = await host("{ h = (inputs.flake-aspects.lib lib).something { }; }");
  expect(whys).not.toEqual([]);
});
