import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { analyseFiles } from "../testing/analyse-files.ts";
import { filesAfter, type GeneratedHost, hostFiles, scaffoldFiles } from "../testing/scaffold-files.ts";

const plain: GeneratedHost = { release: "25.11", disk: "disko", style: "@", flake: "inputs", services: true, hosts: 1 };
const own = "/hosts/web/server-impermanence.nix";

/** The same server without a flake: what its flake says is in the file that NixOS begins with. */
function withoutFlake(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  const { "/flake.nix": _, ...rest } = hostFiles({ ...plain, disk: "fileSystems" });
  return { ...rest, ...more };
}

describe("the places of a scaffold", () => {
  it.each([
    ["npins", { pins: { keeps: { repository: { owner: "nix-community", repo: "impermanence" } } } }],
    ["nix/sources.nix", { impermanence: { owner: "nix-community", repo: "impermanence" } }],
  ])("imports what %s pins", async (imported, json) => {
    const list = imported === "npins" ? "/npins/sources.json" : "/nix/sources.json";
    const program = imported === "npins" ? "/npins/default.nix" : "/nix/sources.nix";
    const files = withoutFlake({ [list]: JSON.stringify(json), [program]: 'throw "it fetches"' });
    const plan = await scaffoldFiles(files, { host: "web" });
    const name = imported === "npins" ? "keeps" : "impermanence";
    expect(plan.files.get(own)?.after).toContain(`"\${(import ../../${imported}).${name}}/nixos.nix"`);
    expect(plan.left).toEqual([]);
    await expect(scaffoldFiles({ ...files, [list]: "{}" }, { host: "web" })).rejects.toMatchObject({
      help: expect.stringMatching(/^Run `(npins|niv) add .*nix-community.impermanence.*` and then this again\.$/),
    });
  });

  it.each(["impermanence", "preservation"] as const)(
    "fetches %s at a fixed revision where nothing pins it",
    async (persistence) => {
      const files = withoutFlake();
      const plan = await scaffoldFiles(files, { host: "web", persistence });
      const text = plan.files.get(own)?.after ?? "";
      expect(text).toMatch(/archive\/[0-9a-f]{40}\.tar\.gz";\n *sha256 = "sha256-[\w+/]{43}=";/);
      expect(plan.left).toEqual([]);
      expect(plan.notes.join("\n")).toContain(`${persistence} is fetched at a fixed revision`);
      execFileSync("nix-instantiate", ["--parse", "-"], { input: text, stdio: ["pipe", "ignore", "pipe"] });
      const { hosts } = await analyseFiles(filesAfter(files, plan));
      expect(hosts[0]!.ephemeralRoot.kind).toBe("rollback");
    },
  );

  it("leaves modules alone that another host has, too", async () => {
    const shared = '{ services.grafana.enable = true; environment.etc."x".text = ""; }\n';
    const files: Record<string, string> = { ...hostFiles({ ...plain, hosts: 2 }), "/hosts/common.nix": shared };
    for (const name of ["web", "other"]) {
      const path = `/hosts/${name}/default.nix`;
      files[path] = files[path]!.replace("imports = [", "imports = [ ../common.nix");
    }
    const before = await analyseFiles(files);
    const plan = await scaffoldFiles(files, { host: "web" });
    const after = await analyseFiles(filesAfter(files, plan));
    expect(plan.files.has("/hosts/common.nix")).toBe(false);
    const codes = ({ findings }: typeof before) =>
      findings.filter(({ hosts }) => hosts.includes("other")).map(({ code, message }) => `${code} ${message}`);
    expect(codes(after)).toEqual(codes(before));
    expect(plan.notes.join("\n")).toMatch(/`hosts\/web\/disk\.nix` is shared: `other` gets .*does not boot without/);
  });

  it("names its module after the host where files of other hosts lie beside it", async () => {
    const {
      "/hosts/web/default.nix": web,
      "/hosts/other/default.nix": other,
      ...rest
    } = hostFiles({ ...plain, hosts: 2 });
    const flake = rest["/flake.nix"]!.replace("./hosts/web ", "./hosts/web.nix ").replace(
      "./hosts/other ",
      "./hosts/other.nix ",
    );
    const files = {
      ...rest,
      "/flake.nix": flake,
      "/hosts/web.nix": web!.replace("./disk.nix", "./web/disk.nix"),
      "/hosts/other.nix": other!.replace("../web", "./web"),
    };
    const plan = await scaffoldFiles(files, { host: "web" });
    expect([...plan.files.keys()]).toContain("/hosts/server-impermanence-web.nix");
    expect(plan.files.get("/hosts/web.nix")?.after).toContain("./server-impermanence-web.nix");
  });

  it("wants another folder where the project imports every file of the one it was given", async () => {
    const files = hostFiles(plain);
    const folder = "../../modules/server-impermanence";
    const names = `builtins.attrNames (removeAttrs (builtins.readDir ${folder}) [ "scripts" ])`;
    const everything = `(if builtins.pathExists ${folder} then map (name: ${folder} + ("/" + name)) (${names}) else [ ])`;
    const path = "/hosts/web/default.nix";
    files[path] = files[path]!.replace("imports = [ ./disk.nix ]", `imports = [ ./disk.nix ] ++ ${everything}`);
    await expect(scaffoldFiles(files, { host: "web" })).rejects.toThrow(
      "by itself, and not every file there is a module",
    );
    const plan = await scaffoldFiles(files, { host: "web", folder: "server" });
    expect(plan.left).toEqual([]);
  });

  it("sets the options that were asked for, and says what a mode leaves as it is", async () => {
    const answers = { host: "web", mode: "io-optimized", snapshots: "btrbk", monitoring: true } as const;
    const plan = await scaffoldFiles(hostFiles(plain), answers);
    const text = plan.files.get(own)?.after;
    for (const line of [
      'performanceMode = "io-optimized";',
      'snapshotPolicy.backend = "btrbk";',
      "monitoring.enable = true;",
    ])
      expect(text).toContain(line);
    expect(plan.left).toEqual([]);
    expect(plan.notes.join("\n")).toContain("the mount options of your layout stay");
  });

  it("uses a store that is called one, and does not persist what the host persists already", async () => {
    const files = hostFiles({ ...plain, disk: "fileSystems" });
    const path = "/hosts/web/disk.nix";
    const options = 'fsType = "btrfs"; options = [ "subvol=@persist" "compress=zstd:1" "noatime" ];';
    files[path] = files[path]!.replace(
      /^\{/,
      `{\n  fileSystems."/.keep" = { device = "/dev/disk/by-label/nixos"; ${options} };`,
    );
    const plan = await scaffoldFiles(files, { host: "web" });
    expect(plan.files.get(own)?.after).toContain('path = "/.keep";');
    expect(plan.left).toEqual([]);
    const kept: Record<string, string> = { ...files, "/hosts/web/keep.nix": KEEP };
    kept["/hosts/web/default.nix"] = kept["/hosts/web/default.nix"]!.replace("./disk.nix", "./disk.nix ./keep.nix");
    kept["/flake.nix"] = kept["/flake.nix"]!.replace(
      "inputs = {",
      'inputs = {\n    impermanence.url = "github:nix-community/impermanence";',
    ).replace("modules = [ ", "modules = [ inputs.impermanence.nixosModules.impermanence ");
    const again = await scaffoldFiles(kept, { host: "web" });
    expect(again.files.get(own)?.after).toContain("files = [ ];");
    expect(again.files.get(own)?.after).toContain("excludePaths = [ ];");
    expect(again.left).toEqual([]);
    expect(again.notes.join("\n")).not.toContain("/etc/machine-id");
  });
});

const KEEP = `{
  environment.persistence."/.keep" = { directories = [ "/var/log" ]; files = [ "/etc/machine-id" ]; };
}
`;
