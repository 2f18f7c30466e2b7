import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { analyseWorkspace } from "../ide/analysis.ts";
import { testParser } from "../testing/load-parser.ts";
import { DiskFiles } from "./disk-files.ts";
import { DiskWorkspace } from "./disk-workspace.ts";
import { storePathOf } from "./store-path.ts";

let folder: string;
let store: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "nix-impermanence-")));
  store = join(folder, "store");
  mkdirSync(store);
});
afterEach(() => {
  execFileSync("chmod", ["-R", "u+w", folder]);
  rmSync(folder, { recursive: true, force: true });
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/** Adds a folder to a store of our own with the real Nix. Gives the path and the hash as `flake.lock` writes it. */
function addWithNix(source: string): { path: string; narHash: string } {
  const state = join(folder, "state");
  const env = { ...process.env, NIX_STORE_DIR: store, NIX_STATE_DIR: state, NIX_LOG_DIR: state, NIX_REMOTE: "" };
  const options = { env, encoding: "utf8" as const, stdio: ["ignore", "pipe", "ignore"] as ("ignore" | "pipe")[] };
  const path = execFileSync("nix-store", ["--add-fixed", "--recursive", "sha256", source], options).trim();
  const hex = execFileSync("nix-hash", ["--type", "sha256", source], options).trim();
  return { path, narHash: `sha256-${Buffer.from(hex, "hex").toString("base64")}` };
}

const MODULE = '{ environment.persistence."/persist".directories = [ "/var/lib/from-store" ]; }';
const FLAKE = `{
  inputs.shared.url = "github:someone/shared";
  outputs = { nixpkgs, shared, ... }: {
    nixosConfigurations.host = nixpkgs.lib.nixosSystem {
      modules = [ shared.nixosModules.default ];
    };
  };
}`;

function lockFor(narHash: string): string {
  const locked = { type: "github", owner: "someone", repo: "shared", rev: "0".repeat(40), lastModified: 1, narHash };
  return JSON.stringify({
    version: 7,
    root: "root",
    nodes: { root: { inputs: { shared: "shared" } }, shared: { locked } },
  });
}

/** The one host. */
async function read(storeToRead: string | undefined) {
  const workspace = new DiskWorkspace(await testParser(), [join(folder, "work")], [], storeToRead);
  const { hosts } = analyseWorkspace(workspace);
  return hosts[0];
}

describe("an input in the Nix store", () => {
  it("is where the hash says, as with Nix itself", () => {
    write("source/flake.nix", "{ outputs = _: { }; }");
    write("source/deep/er.nix", "1");
    const { path, narHash } = addWithNix(join(folder, "source"));
    // The name of the folder is a part of the path: flakes are always called `source`.
    expect(storePathOf(narHash, store)).toBe(path);
    expect(storePathOf("sha256-none", store)).toBeUndefined();
    expect(storePathOf(`${narHash}/../../etc`, store)).toBeUndefined();
  });

  it("is read when the user wants it, and only then", async () => {
    write("source/flake.nix", "{ outputs = _: { nixosModules.default = ./module.nix; }; }");
    write("source/module.nix", MODULE);
    const { path, narHash } = addWithNix(join(folder, "source"));
    write("work/flake.nix", FLAKE);
    write("work/flake.lock", lockFor(narHash));
    expect([...((await read(undefined))?.files ?? [])]).toEqual([join(folder, "work/flake.nix")]);
    const host = await read(store);
    expect(host?.host.name).toBe("host");
    expect(host?.host.fateOf("/var/lib/from-store").persisted?.path).toBe("/var/lib/from-store");
    expect(host?.files.has(`${path}/module.nix`)).toBe(true);
    expect(host?.dependencies.has(`${path}/module.nix`)).toBe(true);
  });

  it("opens nothing beside it, by no link and no dots", async () => {
    write("secret.nix", "{ secret = 1; }");
    write("source/flake.nix", "{ outputs = _: { }; }");
    write("source/inside.nix", "1");
    symlinkSync(join(folder, "secret.nix"), join(folder, "source/link.nix"));
    const { path, narHash } = addWithNix(join(folder, "source"));
    const files = new DiskFiles([join(folder, "work")], store);
    expect(files.covers(path)).toBe(false);
    expect(files.stored(narHash)).toBe(path);
    expect(files.read(`${path}/inside.nix`)).toEqual({ text: "1" });
    expect(files.kind(`${path}/link.nix`)).toBe("unknown");
    expect(files.read(`${path}/link.nix`)).toHaveProperty("why");
    expect(files.covers(store)).toBe(false);
    expect(files.kind(join(folder, "secret.nix"))).toBe("unknown");
    // A path that is a link to another place is no input.
    execFileSync("chmod", ["-R", "u+w", path]);
    renameSync(path, join(folder, "elsewhere"));
    symlinkSync(join(folder, "elsewhere"), path);
    files.refresh();
    expect(files.stored(narHash)).toBeUndefined();
  });
});
