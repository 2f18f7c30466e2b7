import { describe, expect, it } from "vitest";
import { fakeConfig } from "../testing/fake-config.ts";
import { readRelease } from "./release.ts";

const release = (branch: string) => readRelease(fakeConfig({}), { release: branch }).nixos;

describe("readRelease", () => {
  it("reads the release out of a branch name", () => {
    expect(release("24.11")).toBe("24.11");
    expect(release("nixos-25.05")).toBe("25.05");
    expect(release("github:NixOS/nixpkgs/release-24.11")).toBe("24.11");
    expect(release("nixos-26.05-small")).toBe("26.05");
    expect(release("nixos-unstable")).toBeUndefined();
    expect(release("refs/tags/v2.18.05")).toBeUndefined();
  });

  it("reads stateVersion", () => {
    expect(
      readRelease(fakeConfig({ system: { stateVersion: "24.05" } }), { release: undefined }).stateVersion,
    ).toMatchObject({
      value: "24.05",
    });
    expect(readRelease(fakeConfig({}), { release: undefined }).stateVersion.known).toBe(false);
  });
});
