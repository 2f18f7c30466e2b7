import { expect, it } from "vitest";
import { analyseFiles } from "../../server/src/testing/analyse-files.ts";
import { needsOf } from "./needs.ts";
import { unresolved } from "./resolution.ts";

async function needs(module: string, files: Record<string, string> = {}): Promise<string | undefined> {
  const { hosts } = await analyseFiles({
    "/flake.nix": `{
      inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
      inputs.own.url = "git+https://example.org/own";
      inputs.private.url = "git+ssh://git@example.org/private";
      outputs = { nixpkgs, ... }@inputs: {
        nixosConfigurations.a = nixpkgs.lib.nixosSystem { specialArgs = { inherit inputs; }; modules = [ ./host.nix ]; };
      };
    }`,
    "/host.nix": `{ config, lib, pkgs, inputs, ... }: {
      fileSystems."/" = { device = "none"; fsType = "tmpfs"; };
      ${module}
    }`,
    ...files,
  });
  return needsOf(hosts.flatMap((host) => unresolved(host).map(({ why }) => why)))?.need;
}
const persist = (list: string) => `environment.persistence."/persist".directories = ${list};`;

it.each([
  ["nothing", persist('[ "/x" ]'), undefined],
  ["the library of an input", persist("inputs.own.lib.directories"), "input"],
  ["a private module", "imports = [ inputs.private.nixosModules.x ];", "input"],
  ["a derivation", persist("[ pkgs.thing.passthru.dataDir ]"), "build"],
  ["what runs it", `boot.isContainer = true; ${persist('[ "/x" ]')}`, "runner"],
  ["a file that is missing", "imports = [ ./nowhere/at/all.nix ];", "fault"],
  ["a device that is said twice", 'fileSystems."/x".fsType = "ext4";', "fault"],
  ["what the checker does not know", persist("[ config.services.unheard.dataDir ]"), "checker"],
  ["an input first of all", persist("inputs.own.lib.directories ++ [ config.services.unheard.dataDir ]"), "input"],
])("sees that a host needs %s", async (_, module, need) => {
  expect(await needs(module)).toBe(need);
});

it("sees that a host needs an encrypted file", async () => {
  expect(await needs("imports = [ ./secret.nix ];", { "/secret.nix": "\0GITCRYPT\0\u0001" })).toBe("secret");
});

it("counts folders of inputs that are missing, as those of git submodules are, among faults", () => {
  expect(needsOf(["`modules/nixpkgs/flake.nix` does not exist"])?.need).toBe("fault");
});
