import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { testParser } from "../testing/load-parser.ts";
import { DiskWorkspace } from "./disk-workspace.ts";
import { LiveAnalysis } from "./live-analysis.ts";

const FLAKE = `{ outputs = { nixpkgs, ... }: { nixosConfigurations = {
  a = nixpkgs.lib.nixosSystem { modules = [ ./a.nix ]; };
  b = nixpkgs.lib.nixosSystem { modules = [ ./b.nix ./new.nix ]; };
}; }; }`;

let folder: string;
let live: LiveAnalysis;
beforeEach(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "nix-impermanence-")));
  for (const [name, text] of Object.entries({ "flake.nix": FLAKE, "a.nix": "{ }", "b.nix": "{ }" })) {
    writeFileSync(join(folder, name), text);
  }
  live = new LiveAnalysis(new DiskWorkspace(await testParser(), [folder]));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function hosts() {
  return new Map(live.current().hosts.map((host) => [host.host.name, host]));
}

describe("LiveAnalysis", () => {
  it("evaluates again only the hosts that read what changed", () => {
    const before = hosts();
    live.update(join(folder, "a.nix"), '{ networking.hostName = "x"; }');
    const after = hosts();
    expect(after.get("a")).not.toBe(before.get("a"));
    expect(after.get("b")).toBe(before.get("b"));
  });

  it("does nothing when a file is opened as it is", () => {
    const before = hosts();
    live.update(join(folder, "a.nix"), "{ }");
    expect(hosts().get("a")).toBe(before.get("a"));
    live.update(join(folder, "a.nix"), "{  }");
    live.close(join(folder, "a.nix"));
    live.update(join(folder, "flake.nix"), FLAKE);
    expect([...hosts().keys()]).toEqual(["a", "b"]);
  });

  it("sees a file that appears only in the editor, and its going", () => {
    const missing = () => live.current().findings.filter(({ code }) => code === "IMP010").length;
    expect(missing()).toBe(1);
    live.update(join(folder, "new.nix"), "{ }");
    expect(missing()).toBe(0);
    live.close(join(folder, "new.nix"));
    expect(missing()).toBe(1);
  });

  it("notices a changed list of hosts", () => {
    hosts();
    live.update(join(folder, "flake.nix"), FLAKE.replace("a = ", "c = "));
    expect([...hosts().keys()].sort()).toEqual(["b", "c"]);
  });

  it("takes a host that could not be read when its flake is repaired", () => {
    live.update(join(folder, "flake.nix"), "{ outputs = { x, ... }: { nixosConfigurations = x.y; }; }");
    expect(live.current().problems).toHaveLength(1);
    live.update(join(folder, "flake.nix"), FLAKE);
    expect(live.current().problems).toEqual([]);
    expect(hosts().size).toBe(2);
  });

  it("looks again at an encrypted file that is no module, when it changes and when it comes to be", () => {
    const secrets = join(folder, "secrets.yaml");
    writeFileSync(secrets, sopsFile("other"));
    const wants = (name: string) =>
      live.update(
        join(folder, "a.nix"),
        `{ inputs, ... }: { imports = [ inputs.sops-nix.nixosModules.sops ];
          sops.defaultSopsFile = ./${name}; sops.secrets.token = { }; }`,
      );
    const found = () => live.current().findings.filter(({ code }) => code === "IMP814").length;
    wants("secrets.yaml");
    expect(found()).toBe(1);
    writeFileSync(secrets, sopsFile("token"));
    expect(live.concerns(secrets)).toBe(true);
    live.refresh();
    expect(found()).toBe(0);
    wants("later.yaml");
    expect(found()).toBe(1);
    expect(live.concerns(join(folder, "later.yaml"))).toBe(true);
    writeFileSync(join(folder, "later.yaml"), sopsFile("token"));
    live.refresh();
    expect(found()).toBe(0);
  });
});

function sopsFile(key: string): string {
  return `${key}: ENC[AES256_GCM,data:x,iv:y,tag:z,type:str]\nsops:\n    mac: ENC[AES256_GCM,data:x]\n    version: 3.12.2\n`;
}
