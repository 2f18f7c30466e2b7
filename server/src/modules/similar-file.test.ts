import { expect, it } from "vitest";
import { similarFile } from "./similar-file.ts";

const files = [
  "/w/a/modules/btrfs.nix",
  "/w/b/modules/btrfs.nix",
  "/w/a/hosts/default.nix",
  "/w/a/modules/x/default.nix",
];

it("takes the file that shares the end of the path", () => {
  expect(similarFile("/w/hosts/modules/x", files)).toBe("/w/a/modules/x/default.nix");
});

it("takes the nearest of several configurations of one layout", () => {
  expect(similarFile("/w/b/hosts/modules/btrfs.nix", files)).toBe("/w/b/modules/btrfs.nix");
});

it("takes none of several that are equally near", () => {
  expect(similarFile("/w/c/modules/btrfs.nix", files)).toBeUndefined();
});

it("takes no file for the name default.nix alone", () => {
  expect(similarFile("/w/c/default.nix", files)).toBeUndefined();
  expect(similarFile("/w/c/other.nix", files)).toBeUndefined();
});

it("takes no file of another host, and no part of another program", () => {
  const hosts = ["/w/flake.nix", "/w/hosts/b/hardware-configuration.nix", "/w/nixos/tailscale/server/default.nix"];
  expect(similarFile("/w/hosts/a/hardware-configuration.nix", hosts)).toBeUndefined();
  expect(similarFile("/w/nixos/openssh/server", hosts)).toBeUndefined();
  expect(similarFile("/w/hardware-configuration.nix", hosts)).toBe("/w/hosts/b/hardware-configuration.nix");
});

it("takes a file whose folder is written with a slip, and not that of the next number", () => {
  const hosts = ["/w/flake.nix", "/w/modules/desktop/fonts.nix", "/w/hosts/server-2/disks.nix"];
  expect(similarFile("/w/modules/desktpo/fonts.nix", hosts)).toBeUndefined();
  expect(similarFile("/w/modules/deskop/fonts.nix", hosts)).toBe("/w/modules/desktop/fonts.nix");
  expect(similarFile("/w/hosts/server-1/disks.nix", hosts)).toBeUndefined();
});

it("takes no file of home-manager for a module of NixOS", () => {
  const files = ["/w/flake.nix", "/w/home/impermanence/default.nix"];
  expect(similarFile("/w/nixos/impermanence", files, true)).toBeUndefined();
  expect(similarFile("/w/nixos/impermanence", files)).toBe("/w/home/impermanence/default.nix");
  expect(similarFile("/w/hosts/home/impermanence", files, true)).toBe("/w/home/impermanence/default.nix");
});
