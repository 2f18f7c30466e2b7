import { expect, it } from "vitest";
import { analyseFiles } from "../testing/analyse-files.ts";

const host = (source: string) => ({
  "/configuration.nix": `{ ... }: {
    imports = [ "\${${source}}/nixos.nix" ];
    boot.loader.grub.enable = true;
    fileSystems."/" = { device = "none"; fsType = "tmpfs"; };
    environment.persistence."/persist".directories = [ "/var/lib/nixos" ];
  }`,
});
const whys = async (source: string) => (await analyseFiles(host(source))).hosts[0]!.incomplete.map(({ why }) => why);

it.each([
  'builtins.fetchTarball "https://github.com/nix-community/impermanence/archive/master.tar.gz"',
  'fetchTarball { url = "https://github.com/nix-community/impermanence/tarball/abc"; sha256 = "sha256-x"; }',
  'builtins.fetchGit { url = "https://github.com/nix-community/impermanence.git"; ref = "master"; }',
  'builtins.fetchTree { type = "github"; owner = "nix-community"; repo = "impermanence"; }',
  'builtins.getFlake "github:nix-community/impermanence"',
  'fetchTarball "https://codeberg.org/somebody/modules/archive/main.tar.gz"',
])("knows what is fetched by its address, as it knows an input of a flake: %s", async (source) => {
  expect(await whys(source)).toEqual([]);
});

it.each([
  'fetchTarball "https://files.example.org/modules.tar.gz"',
  'builtins.fetchGit "git@github.com:somebody/private"',
  "builtins.fetchTarball (import ./address.nix)",
])("cannot tell what comes from elsewhere: %s", async (source) => {
  expect(await whys(source)).not.toEqual([]);
});

it("takes the pins of tack for the flakes they are, at the time of their lock", async () => {
  const { hosts } = await analyseFiles({
    "/.tack/pins.lock.json": JSON.stringify({
      nixpkgs: { type: "github", owner: "NixOS", repo: "nixpkgs", rev: "a", lastModified: 1_787_243_419 },
      parts: { type: "github", owner: "hercules-ci", repo: "flake-parts", rev: "b" },
      impermanence: { type: "github", owner: "nix-community", repo: "impermanence", rev: "c" },
    }),
    "/.tack/default.nix": 'throw "it fetches"',
    "/flake.nix": `{
      outputs = args: let inputs = import ./.tack { overrides = args.tackOverrides or { }; }; in
        inputs.parts.lib.mkFlake { inherit inputs; self = args.self; } {
          systems = [ ];
          flake.nixosConfigurations.a = inputs.nixpkgs.lib.nixosSystem { modules = [ inputs.impermanence.nixosModules.impermanence {
            fileSystems."/" = { device = "none"; fsType = "tmpfs"; };
            environment.persistence."/persist".directories = [ "/var/lib/nixos" ];
          } ]; };
        };
    }`,
  });
  expect(hosts.map(({ name, incomplete }) => [name, incomplete])).toEqual([["a", []]]);
  expect(hosts[0]?.stores[0]?.directories.map(({ path }) => path)).toEqual(["/var/lib/nixos"]);
});

const npins = (pins: Record<string, unknown>) => ({
  "/npins/default.nix": 'throw "it fetches"',
  "/npins/sources.json": JSON.stringify({ pins, version: 5 }),
  "/configuration.nix": `let sources = import ./npins; in {
    imports = [ sources.mailserver (sources.impermanence + "/nixos.nix") ];
    boot.loader.grub.enable = true;
    fileSystems."/" = { device = "none"; fsType = "tmpfs"; };
    environment.persistence."/persist".directories = [ "/var/lib/nixos" ];
  }`,
});
const impermanence = { url: "https://github.com/nix-community/impermanence/archive/a.tar.gz" };
const mailserver = { url: "https://gitlab.com/simple-nixos-mailserver/nixos-mailserver/-/archive/a/b.tar.gz" };

it("takes a pinned source that is imported itself for a module with options of its own", async () => {
  const [found] = (await analyseFiles(npins({ impermanence, mailserver }))).hosts;
  expect(found?.ephemeralRoot.kind).toBe("tmpfs");
  expect(found?.stores.map(({ path }) => path)).toMatchObject([{ known: true, value: "/persist" }]);
});

it.each([
  ["a channel", { nixpkgs: { type: "Channel", name: "nixos-25.11", url: "https://releases.nixos.org/x" } }, "25.11"],
  ["a branch", { nixos: { type: "Git", branch: "nixos-24.05", url: "https://github.com/NixOS/nixpkgs/a" } }, "24.05"],
  [
    "the plain one of two",
    {
      "nixpkgs-unstable": { type: "Channel", name: "nixos-unstable", url: "https://releases.nixos.org/a" },
      nixpkgs: { type: "Channel", name: "nixos-25.05", url: "https://releases.nixos.org/b" },
    },
    "25.05",
  ],
  [
    "none of two with other names",
    {
      "nixpkgs-new": { type: "Channel", name: "nixos-25.11", url: "https://releases.nixos.org/a" },
      "nixpkgs-old": { type: "Channel", name: "nixos-24.05", url: "https://releases.nixos.org/b" },
    },
    undefined,
  ],
])("reads the release of a host without a flake from its pins: %s", async (_, pins, release) => {
  const [found] = (await analyseFiles(npins({ impermanence, mailserver, ...pins }))).hosts;
  expect(found?.release.nixos).toBe(release);
});
