import { expect, it } from "vitest";
import { settledReleaseOf } from "./flake-inputs.ts";

const at = (day: string) => Date.parse(day) / 1000;

it("is the release of a numbered branch, whenever it was locked", () => {
  const url = "github:NixOS/nixpkgs/nixos-25.11";
  expect(settledReleaseOf({ url, lockedAt: undefined })).toBe("25.11");
  expect(settledReleaseOf({ url, lockedAt: at("2026-03-01") })).toBe("25.11");
  expect(settledReleaseOf({ url: "https://flakehub.com/f/NixOS/nixpkgs/0.2505", lockedAt: undefined })).toBe("25.05");
});

it("is the release that was out when a rolling branch was locked, and everything without a lock", () => {
  const url = "github:NixOS/nixpkgs/nixos-unstable";
  expect(settledReleaseOf({ url, lockedAt: at("2026-05-20") })).toBe("25.11");
  expect(settledReleaseOf({ url, lockedAt: at("2026-06-01") })).toBe("26.05");
  expect(settledReleaseOf({ url, lockedAt: at("2025-12-01") })).toBe("25.11");
  expect(settledReleaseOf({ url, lockedAt: undefined })).toBe("newest");
});

it("is not known of other addresses", () => {
  expect(settledReleaseOf({ url: "github:someone/nixpkgs/patched", lockedAt: at("2026-05-20") })).toBeUndefined();
  expect(settledReleaseOf({ url: undefined, lockedAt: undefined })).toBeUndefined();
});
