import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const folder = dirname(fileURLToPath(import.meta.url));
const examples = ["hetzner-vps", "hetzner-vps-fixed", "juni"];
const nixFiles = examples.flatMap((name) =>
  readdirSync(join(folder, name), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".nix"))
    .map((file) => join(folder, name, file)),
);
const text = (file: string): string => readFileSync(join(folder, file), "utf8");

describe("the examples", () => {
  it.each(nixFiles.map((file) => relative(folder, file)))("%s parses with the real Nix", (file) => {
    expect(
      execFileSync("nix-instantiate", ["--parse", join(folder, file)], { encoding: "utf8", stdio: "pipe" }),
    ).not.toBe("");
  });

  it("have no tabs, trailing blanks or lines that nixfmt would break", () => {
    for (const file of nixFiles) {
      const lines = readFileSync(file, "utf8").split("\n");
      expect(lines.filter((line) => /\t|\s$/.test(line))).toEqual([]);
      expect(lines.at(-1)).toBe("");
    }
  });

  it("keep the mistakes of the broken server", () => {
    const host = text("hetzner-vps/hosts/servers/hetzner-vps/default.nix");
    const disko = text("hetzner-vps/hosts/servers/hetzner-vps/disko.nix");
    const reset = text("hetzner-vps/modules/shared/filesystems/server-impermanence.nix");
    const snapshots = text("hetzner-vps/modules/shared/filesystems/server-snapshots.nix");
    expect(host).toContain(" ../../modules/shared/filesystems/server-btrfs.nix");
    expect(host).toContain('frequency = "6h"');
    expect(disko).toMatch(/subvolumes = \[/);
    expect(disko.match(/neededForBoot/g)).toHaveLength(5);
    expect(disko.match(/compress = /g)).toHaveLength(12);
    expect(disko.match(/"nodatacow"/g)).toHaveLength(2);
    expect(reset).toMatch(/wantedBy = \[ "initrd\.target" \]/);
    expect(reset).toContain("btrfs subvolume delete /");
    expect(snapshots).toContain(`-mtime +\${retentionDays}`);
    expect(snapshots).not.toContain("pkgs.btrfs-progs");
  });
});
