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
