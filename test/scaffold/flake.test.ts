import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { inSandbox } from "../evidence/sandbox.ts";
import { pulling, ServerClient } from "../lsp/server-client.ts";

const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
const folder = mkdtempSync(join(tmpdir(), "nix-impermanence-flake-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const read = (file: string) => JSON.parse(readFileSync(join(root, file), "utf8"));

interface LockEntry {
  readonly version: string;
  readonly resolved: string;
  readonly integrity: string;
}

/** What nix/package.nix hands to buildNpmPackage, as far as it can be built without Nix. */
interface Recipe {
  readonly version: string;
  readonly src: { readonly root: string; readonly files: readonly string[] };
  readonly npmDeps: {
    readonly package: { readonly devDependencies: Readonly<Record<string, string>> };
    readonly packageLock: { readonly packages: Readonly<Record<string, LockEntry>> };
  };
  readonly npmBuildFlags: readonly string[];
  readonly installPhase: string;
  readonly installCheckPhase: string;
  readonly meta: { readonly mainProgram: string };
}

interface Outputs {
  readonly packages: Readonly<Record<string, { readonly default: Recipe; readonly "nix-impermanence": Recipe }>>;
  readonly apps: Readonly<Record<string, { readonly default: { readonly type: string; readonly program: string } }>>;
  readonly nixosModules: Readonly<Record<string, string>>;
}

// nixpkgs is in neither of the registries that `npm test` uses: its place is taken by functions that hand back what they
// are given.
const outputs = ((): Outputs => {
  const node = dirname(dirname(process.execPath));
  const expression = `{ root, node }: let
    flake = import (root + "/flake.nix");
    outputs = flake.outputs {
      self = outputs;
      nixpkgs = import (root + "/test/scaffold/nixpkgs-stand-in.nix") { inherit node; };
    };
    plain = builtins.mapAttrs (_: system: builtins.mapAttrs (_: one: removeAttrs one [ "outPath" ]) system);
  in outputs // {
    packages = plain outputs.packages;
    nixosModules = builtins.mapAttrs (_: toString) outputs.nixosModules;
  }`;
  const args = ["--eval", "--strict", "--json", "--expr", expression, "--arg", "root", root, "--argstr", "node", node];
  return JSON.parse(
    execFileSync("nix-instantiate", args, {
      encoding: "utf8",
      stdio: "pipe",
      maxBuffer: 2 ** 26,
    }),
  );
})();
const recipe = outputs.packages["x86_64-linux"]!.default;

describe("flake.nix", () => {
  it("has the program for each system, and an app that starts it", () => {
    const systems = ["aarch64-darwin", "aarch64-linux", "x86_64-darwin", "x86_64-linux"];
    expect(Object.keys(outputs.packages)).toEqual(systems);
    for (const system of systems) {
      const { default: standard, "nix-impermanence": named } = outputs.packages[system]!;
      expect(standard).toEqual(named);
      const program = `/out-${system}/bin/${standard.meta.mainProgram}`;
      expect(outputs.apps[system]!.default).toMatchObject({ type: "app", program });
      // esbuild is a program: that of the machine that builds comes along, and none of the others.
      const programs = Object.keys(standard.npmDeps.packageLock.packages).filter((name) => name.includes("@esbuild/"));
      const [arch, platform] = system.split("-") as [string, string];
      expect(programs).toEqual([`node_modules/@esbuild/${platform}-${arch === "x86_64" ? "x64" : "arm64"}`]);
    }
  });

  it("names files that a clone has, and locks the input that it names", () => {
    const tracked = execFileSync("git", ["ls-files", "-z"], { cwd: root, encoding: "utf8" }).split("\0");
    const named = [...Object.values(outputs.nixosModules), ...recipe.src.files].map((file) => relative(root, file));
    expect(named.length).toBeGreaterThan(10);
    for (const file of named) {
      const has = tracked.some((one) => one === file || one.startsWith(`${file}/`));
      expect(has, file).toBe(true);
    }
    const { nodes } = read("flake.lock");
    const { owner, ref, repo } = nodes.nixpkgs.original;
    expect(readFileSync(join(root, "flake.nix"), "utf8")).toContain(`"github:${owner}/${repo}/${ref}"`);
    expect(nodes.nixpkgs.locked).toMatchObject({ owner, repo, rev: expect.stringMatching(/^[0-9a-f]{40}$/) });
  });

  it("has packages fetched from the registry, with the hashes of the lock file", () => {
    const own = read("package-lock.json").packages;
    const { package: asked, packageLock } = recipe.npmDeps;
    const { "": top, ...packages } = packageLock.packages;
    expect(top).toMatchObject({ devDependencies: asked.devDependencies });
    expect(Object.keys(packages).length).toBeLessThan(60);
    for (const [place, { version, resolved, integrity }] of Object.entries(packages)) {
      expect({ version, integrity }, place).toEqual({ version: own[place].version, integrity: own[place].integrity });
      expect(integrity, place).toMatch(/^sha512-/);
      expect(resolved, place).toMatch(/^https:\/\/registry\.npmjs\.org\/(@[\w.-]+\/)?([\w.-]+)\/-\/\2-[\w.-]+\.tgz$/);
    }
  });

  it("makes a program of its sources and packages alone, which runs where nothing can be written", {
    timeout: 60_000,
  }, async () => {
    for (const file of recipe.src.files)
      cpSync(file, join(folder, "source", relative(root, file)), { recursive: true });
    for (const place of Object.keys(recipe.npmDeps.packageLock.packages)) {
      if (place === "") continue;
      // A nested package comes along with the one that it lies in.
      const from = join(root, place);
      if (existsSync(from)) cpSync(from, join(folder, "source", place), { recursive: true, dereference: true });
    }
    const seen = inSandbox(
      `cd "$1/source"
      out=$1/out
      runHook() { :; }
      # As makeWrapper of nixpkgs has it for these arguments.
      makeWrapper() {
        [ "$#:$3" = 4:--add-flags ] || return 1
        mkdir -p "$(dirname "$2")"
        printf '#!/bin/sh\\nexec "%s" %s "$@"\\n' "$1" "$4" > "$2"
        chmod +x "$2"
      }
      attempt build npm run build $2
      attempt install eval "set -e; $3"
      chmod -R a-w "$out"
      mount --bind "$out" "$out"
      mount -o remount,ro,bind "$out"
      fact "read-only" "$(touch "$out/bin/new" 2>&1 || true)"
      cd /
      attempt check eval "set -e; $4"
      attempt hosts env -i "$out/bin/nix-impermanence" hosts "$5/examples/juni"
      attempt scaffold env -i "$out/bin/nix-impermanence" migrate "$5/examples/hetzner-vps"
      fact files "$(cd "$out" && find . -type f | sort)"`,
      ...[folder, recipe.npmBuildFlags.join(" "), recipe.installPhase, recipe.installCheckPhase, root],
    );
    expect(seen.build, seen["build said"]).toBe("0");
    expect(seen.install, seen["install said"]).toBe("0");
    expect(seen["read-only"]).toContain("Read-only file system");
    expect(seen.check, seen["check said"]).toBe("0");
    expect(seen["check said"]).toContain(recipe.version);
    expect(seen["hosts said"]).toContain("juni");
    expect(seen["scaffold said"]).toContain("modules/server-impermanence/scripts/wipe-root.sh");
    const node = `${process.version}-${process.platform}-${process.arch}`;
    expect(seen.files!.split("\n")).toEqual(
      [
        "bin/nix-impermanence",
        ...[
          "cli-program.cjs",
          `cli-program.cjs.${node}`,
          "cli-remote.cjs",
          `cli-remote.cjs.${node}`,
          "cli.js",
          "server-thread.js",
          "server.cjs",
          "third-party-licenses.txt",
          "tree-sitter-nix.wasm",
          "web-tree-sitter.wasm",
        ].map((name) => `lib/nix-impermanence/dist/${name}`),
        ...["lib/nix-impermanence/package.json", "share/licenses/nix-impermanence/LICENSE"],
      ].map((file) => `./${file}`),
    );
    const cli = join(folder, "out", "lib", "nix-impermanence", "dist", "cli.js");
    const client = await ServerClient.start([join(root, "examples", "hetzner-vps")], pulling, { cli });
    onTestFinished(() => void client.stop());
    const { items } = await client.pullWorkspace();
    expect(items.length).toBeGreaterThan(3);
  });
});
