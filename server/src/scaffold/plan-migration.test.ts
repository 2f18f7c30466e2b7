import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { analyseFiles } from "../testing/analyse-files.ts";
import { filesAfter, migrateFiles, scaffoldFiles } from "../testing/scaffold-files.ts";

const examples = new URL("../../../examples/", import.meta.url);
function example(name: string): Record<string, string> {
  const folder = new URL(`${name}/`, examples);
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".nix"));
  return Object.fromEntries(files.map((file) => [`/${file}`, readFileSync(new URL(file, folder), "utf8")]));
}

describe("planMigration", () => {
  it("makes the server of the documents one that the checker has nothing to warn of", async () => {
    const files = example("hetzner-vps");
    const plan = await migrateFiles(files, { host: "hetzner-vps" });
    expect(plan.left).toEqual([]);
    const after = filesAfter(files, plan);
    const { hosts, findings } = await analyseFiles(after);
    expect(findings.filter(({ severity }) => /error|warning/.test(severity))).toEqual([]);
    const host = hosts[0]!;
    expect(host.ephemeralRoot).toMatchObject({
      kind: "rollback",
      rollback: { wipes: ["root"], runs: { answer: "yes" } },
    });
    // Its settings stay, but for the time span, which systemd refuses.
    const text = after["/hosts/servers/hetzner-vps/default.nix"]!;
    expect(text).toContain('frequency = "00/6:00:00"; # four a day');
    expect(text).toContain('retention = "30d"; # a month back');
    // What was meant by nodatacow; /var/tmp is not worth it.
    expect(after["/hosts/servers/hetzner-vps/server-impermanence.nix"]).toContain('noCow = [ "/var/lib/containers" ];');
    expect(after["/hosts/servers/hetzner-vps/disko.nix"]).not.toContain("nodatacow");
    // Each subvolume that the documents named is there, and the old modules are as they were.
    for (const path of ["/nix", "/persist", "/var/log", "/var/lib/caddy", "/var/backup", "/var/lib/containers"]) {
      expect(host.fateOf(path).survives.answer, path).toBe("yes");
    }
    for (const path of Object.keys(files).filter((file) => file.startsWith("/modules/shared/"))) {
      expect(plan.files.has(path)).toBe(false);
      expect(host.files).not.toContain(path);
    }
    expect(plan.notes.join("\n")).toContain("modules/shared/filesystems/server-btrfs.nix");
  });

  it("refuses what is not written so, and scaffold refuses what is", async () => {
    await expect(migrateFiles(example("hetzner-vps-fixed"), { host: "hetzner-vps" })).rejects.toThrow("in the way of");
    await expect(migrateFiles(example("juni"), { host: "juni" })).rejects.toThrow("in the way of the documents");
    await expect(scaffoldFiles(example("hetzner-vps"), { host: "hetzner-vps" })).rejects.toThrow("as the documents");
    await expect(scaffoldFiles(example("hetzner-vps-fixed"), { host: "hetzner-vps" })).rejects.toThrow("already");
    await expect(scaffoldFiles(example("juni"), { host: "juni" })).rejects.toThrow("bcachefs");
  });
});
