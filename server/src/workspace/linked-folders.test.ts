import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { LinkedFolders } from "./linked-folders.ts";

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "nix-impermanence-")));
  mkdirSync(join(folder, "real/parts"), { recursive: true });
  writeFileSync(join(folder, "real/host.nix"), "{ }");
  symlinkSync("real", join(folder, "link"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it.each([
  ["a folder that is a link, and its file by its real name", "link", "real/host.nix", "link/host.nix"],
  ["a folder, and its file through a link", "real", "link/host.nix", "real/host.nix"],
  ["a file that is not on disk yet", "link", "real/parts/new.nix", "link/parts/new.nix"],
  ["a file that has the folder's own name", "link", "link/host.nix", "link/host.nix"],
  ["a file elsewhere", "link", "other/host.nix", "other/host.nix"],
  ["a folder beside one of a longer name", "real/parts", "link/partsx/a.nix", "link/partsx/a.nix"],
])("%s", (_name, one, file, expected) => {
  expect(new LinkedFolders([join(folder, one)]).pathOf(join(folder, file))).toBe(join(folder, expected));
});

it("leaves alone what each of two names of a folder holds", () => {
  const folders = new LinkedFolders([join(folder, "link"), join(folder, "real")]);
  for (const file of ["link/host.nix", "real/host.nix"])
    expect(folders.pathOf(join(folder, file))).toBe(join(folder, file));
});
