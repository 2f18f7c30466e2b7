import { expect, it } from "vitest";
import { analyseFiles } from "../testing/analyse-files.ts";
import { setAt } from "./read-values.ts";

const text = `{ lib, ... }: let on = true; in {
  a.plain = true;
  a.fallback = lib.mkDefault true;
  a.forced = lib.mkForce on;
  a.conditional = lib.mkIf true (lib.mkDefault true);
  a.ordered = lib.mkBefore true;
  a.merged = lib.mkMerge [ (lib.mkIf false false) (lib.mkIf true true) ];
  a.computed = lib.mkDefault (1 == 1);
  b = lib.mkDefault { inner = true; };
  fileSystems."/" = { device = "none"; fsType = "tmpfs"; };
}`;

it.each([
  ["a.plain", "true"],
  ["a.fallback", "lib.mkDefault true"],
  ["a.forced", "lib.mkForce on"],
  ["a.conditional", "lib.mkIf true (lib.mkDefault true)"],
  ["a.ordered", "lib.mkBefore true"],
  ["a.merged", "lib.mkIf true true"],
  ["a.computed", "1 == 1"],
  ["b.inner", "true"],
])("%s is set at its value, or at what stands around a constant", async (option, written) => {
  const { hosts } = await analyseFiles({ "/host.nix": text });
  const node = hosts[0]?.config.at(...option.split("."));
  const place = node && setAt(node);
  expect(place && text.slice(place.start, place.end)).toBe(written);
});

it("is set in the file that sets it where a module takes in another one as a value, and says other things of the group", async () => {
  const part = "{ config.services.adguardhome = { enable = true; }; }";
  const { hosts } = await analyseFiles({
    "/flake.nix": `{
      inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
      outputs = { nixpkgs, ... }: { nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./host.nix ]; }; };
    }`,
    "/host.nix": "{ ... }: { imports = [ (import ./part.nix) ]; services.fwupd.enable = true; }",
    "/part.nix": part,
  });
  const place = hosts[0]?.services.find(({ enable }) => enable === "services.adguardhome.enable")?.place;
  expect(place?.file).toBe("/part.nix");
});
