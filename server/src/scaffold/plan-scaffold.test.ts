import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { analyseFiles } from "../testing/analyse-files.ts";
import { filesAfter, type GeneratedHost, generatedHosts, hostFiles, scaffoldFiles } from "../testing/scaffold-files.ts";
import { moduleTexts } from "./module-texts.ts";

const moduleFolder = new URL("../../scaffold/", import.meta.url);
const plain: GeneratedHost = { release: "25.11", disk: "disko", style: "", flake: "inputs", services: true, hosts: 1 };

describe("planScaffold", () => {
  it("writes every file of the modules, as it is", () => {
    const files = readdirSync(moduleFolder, { recursive: true, encoding: "utf8" }).filter((name) =>
      /\.\w+$/.test(name),
    );
    expect(Object.keys(moduleTexts).sort()).toEqual(files.sort());
    // Of JSON the layout may differ: it is imported as what it says.
    const meaning = (name: string, text: string) => (name.endsWith(".json") ? JSON.parse(text) : text);
    for (const name of files) {
      expect(meaning(name, moduleTexts[name]!)).toEqual(
        meaning(name, readFileSync(new URL(name, moduleFolder), "utf8")),
      );
    }
  });

  it.each(generatedHosts())("leaves nothing to warn of, and cannot be done twice: $name", async (generated) => {
    const files = hostFiles(generated);
    const plan = await scaffoldFiles(files, { host: "web" });
    expect(plan.left.map(({ code, message }) => `${code} ${message}`)).toEqual([]);
    for (const [path, { before }] of plan.files) expect(before, path).toBe(files[path]);
    const after = filesAfter(files, plan);
    const { hosts, findings } = await analyseFiles(after);
    const web = hosts.find(({ name }) => name === "web")!;
    expect(web.ephemeralRoot).toMatchObject({ kind: "rollback", rollback: { wipes: [`${generated.style}root`] } });
    // Another host of the flake is as it was.
    expect(hosts.filter(({ name }) => name !== "web").map(({ ephemeralRoot }) => ephemeralRoot.kind)).toEqual(
      generated.hosts === 2 ? ["none"] : [],
    );
    const serious = findings.filter(({ severity, hosts: of }) => /error|warning/.test(severity) && of.includes("web"));
    expect(serious.map(({ code, message }) => `${code} ${message}`)).toEqual([]);
    await expect(scaffoldFiles(after, { host: "web" })).rejects.toThrow(/wiped at every boot already|is there already/);
  });

  it("keeps the state of every service that it finds, with its owner", async () => {
    const files = hostFiles(plain);
    const { hosts } = await analyseFiles(filesAfter(files, await scaffoldFiles(files, { host: "web" })));
    const entry = (path: string) => hosts[0]!.stores[0]!.directories.find((one) => one.path === path);
    expect(entry("/var/lib/postgresql")).toMatchObject({ user: { value: "postgres" }, mode: { value: "0750" } });
    for (const path of ["/var/lib/nixos", "/var/lib/systemd", "/var/lib/tailscale", "/var/lib/private", "/var/log"]) {
      expect(entry(path), path).toBeDefined();
    }
    expect(hosts[0]!.fateOf("/home/op").survives.answer).toBe("yes");
  });

  it("writes Nix that Nix parses", async () => {
    const plan = await scaffoldFiles(hostFiles(plain), { host: "web" });
    for (const [path, { after }] of plan.files) {
      if (!path.endsWith(".nix")) continue;
      const text = execFileSync("nix-instantiate", ["--parse", "-"], { input: after, encoding: "utf8" });
      expect(text, path).not.toBe("");
    }
  });

  it("uses preservation when it is asked to", async () => {
    const files = hostFiles(plain);
    const plan = await scaffoldFiles(files, { host: "web", persistence: "preservation" });
    expect(plan.left).toEqual([]);
    const { hosts } = await analyseFiles(filesAfter(files, plan));
    expect(hosts[0]!.stores.map(({ module }) => module)).toEqual(["preservation"]);
  });

  it.each(["inputs", "one name", "pattern", "closed pattern"] as const)(
    "lays out a disk for a host that has no filesystems, and adds disko where it is missing: %s",
    async (flake) => {
      const { "/flake.nix": text, ...rest } = hostFiles({ ...plain, flake });
      const without = text!
        .replace(/ *disko\.url = .*\n/, "")
        .replaceAll(/\b(inputs\.)?disko\.nixosModules\.disko /g, "");
      const files = { ...rest, "/flake.nix": without.replace(/ *disko,(\n)?/, ""), "/hosts/web/disk.nix": "{ }\n" };
      const disk = "/dev/disk/by-id/scsi-1";
      const answers = { host: "web", disk, mode: "io-optimized", monitoring: true } as const;
      const plan = await scaffoldFiles(files, answers);
      expect(plan.left.map(({ code, message }) => `${code} ${message}`)).toEqual([]);
      const after = filesAfter(files, plan);
      expect(after["/flake.nix"]).toContain("nix-community/disko");
      const web = (await analyseFiles(after)).hosts[0]!;
      expect(web.ephemeralRoot).toMatchObject({ kind: "rollback", rollback: { wipes: ["root"] } });
      for (const path of ["/persist", "/home", "/nix", "/var/log"]) {
        expect(web.fateOf(path).survives.answer, path).toBe("yes");
      }
      expect(web.fileSystems.find(({ mountpoint }) => mountpoint === "/home")?.options.map(({ text }) => text)).toEqual(
        [...["compress=zstd:1", "noatime", "subvol=home"]],
      );
      expect(web.units.map(({ name }) => name)).toContain("server-metrics");
      await expect(scaffoldFiles(hostFiles(plain), answers)).rejects.toThrow("has filesystems already");
    },
  );

  it("leaves the modules that are there, and refuses when they say something else", async () => {
    const files = hostFiles(plain);
    const path = "/modules/server-impermanence/snapshots.nix";
    const again = await scaffoldFiles({ ...files, [path]: moduleTexts["snapshots.nix"]! }, { host: "web" });
    expect(again.files.has(path)).toBe(false);
    await expect(scaffoldFiles({ ...files, [path]: "{ }" }, { host: "web" })).rejects.toThrow("says something else");
  });

  it.each([
    ['fsType = "ext4"', (text: string) => text.replaceAll('"btrfs"', '"ext4"'), "is on ext4"],
    ["a root that is the top level", (text: string) => text.replace('"subvol=root" ', ""), "top level"],
    ["no /boot", (text: string) => text.replace(/fileSystems\."\/boot".*\n/, ""), "`/boot` is on the root"],
    ["no root", (text: string) => text.replace(/fileSystems\."\/" = .*\n/, ""), "declares no filesystem for `/`"],
    ["a root of tmpfs", (text: string) => text.replace(/fileSystems\."\/" = .*\n/, TMPFS), "is a tmpfs"],
  ])("refuses a host with %s, and says why", async (_, change, why) => {
    const files = hostFiles({ ...plain, disk: "fileSystems" });
    const path = "/hosts/web/disk.nix";
    await expect(scaffoldFiles({ ...files, [path]: change(files[path]!) }, { host: "web" })).rejects.toThrow(why);
  });
});

const TMPFS = 'fileSystems."/" = { device = "none"; fsType = "tmpfs"; options = [ "size=2G" "mode=755" ]; };\n';
