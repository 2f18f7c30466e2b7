import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";

const MODULE = `{ lib, ... }:
{
  imports = [
    (lib.mkRemovedOptionModule [ "services" "samba" "extraConfig" ] "Use services.samba.settings instead.")
    (mkRemovedOptionModule [
      "programs"
      "new-one"
    ] ''
      It was removed: say ''' instead.
      See elsewhere.
    '')
    (lib.mkRemovedOptionModule [ "services" "a" name ] "computed")
    (lib.mkRenamedOptionModule [ "old" ] [ "new" ])
  ];
}
`;

it("compares the table of removed options with a checkout of nixpkgs", () => {
  const nixpkgs = mkdtempSync(join(tmpdir(), "nixpkgs-"));
  try {
    mkdirSync(join(nixpkgs, "nixos/modules/services"), { recursive: true });
    mkdirSync(join(nixpkgs, "lib"));
    writeFileSync(join(nixpkgs, "lib/.version"), "26.05");
    writeFileSync(join(nixpkgs, "nixos/modules/services/x.nix"), MODULE);
    const text = execFileSync(process.execPath, ["scripts/removed-options.mjs", "--nixpkgs", nixpkgs, "--json"], {
      encoding: "utf8",
    });
    const { lacking, gone } = JSON.parse(text) as { lacking: unknown[]; gone: { option: string }[] };
    expect(lacking).toEqual([
      {
        option: "programs.new-one",
        says: "It was removed: say ''' instead. See elsewhere.",
        by: "26.05",
        module: "nixos/modules/services/x.nix",
      },
    ]);
    expect(gone.map(({ option }) => option)).toContain("sound.enable");
    expect(gone.map(({ option }) => option)).not.toContain("services.samba.extraConfig");
  } finally {
    rmSync(nixpkgs, { recursive: true, force: true });
  }
});
