import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { testParser } from "../testing/load-parser.ts";
import { DiskWorkspace } from "./disk-workspace.ts";

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "nix-impermanence-")));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, text = "{ }"): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

async function found(exclude: readonly string[] = []): Promise<string[]> {
  const workspace = new DiskWorkspace(await testParser(), [folder], exclude);
  return workspace.nixFiles.map((file) => file.slice(folder.length + 1));
}

describe("the Nix files of a folder", () => {
  it("are those that git would know, wherever the .gitignore lies", async () => {
    for (const path of ["a.nix", "b/c.nix", "b/skip.nix", "b/d/keep.nix", "out/x.nix", "notes.md"]) write(path);
    for (const path of [".git/x.nix", "node_modules/p/x.nix", ".direnv/x.nix"]) write(path);
    write(".gitignore", "/out/\n");
    write("b/.gitignore", "*.nix\n!c.nix\n!d/\n!d/keep.nix\n");
    execFileSync("git", ["-C", folder, "init", "--quiet"], { stdio: "ignore" });
    const git = execFileSync("git", ["-C", folder, "ls-files", "-co", "--exclude-standard", "*.nix"], {
      encoding: "utf8",
    });
    const expected = git.split("\n").filter((path) => path !== "" && !/^(node_modules|\.direnv)\//.test(path));
    expect(await found()).toEqual(expected.sort());
    expect(await found(["b/**", "!x"])).toEqual(["a.nix"]);
  });

  it("are found past links that lead in circles, FIFOs and odd names", async () => {
    write("default.nix/inner.nix");
    write("a b'c\"d.nix");
    write("line\nbreak.nix");
    write("-rf.nix");
    symlinkSync("..", join(folder, "default.nix", "loop"));
    symlinkSync("/", join(folder, "root"));
    execFileSync("mkfifo", [join(folder, "fifo.nix"), join(folder, ".gitignore")]);
    expect(await found()).toEqual(["-rf.nix", "a b'c\"d.nix", "default.nix/inner.nix", "line\nbreak.nix"]);
  });

  it("are those near the top where there are too many", async () => {
    for (let folders = 0; folders < 11; folders++) {
      write(`a/${folders}/0.nix`);
      for (let file = 1; file < 1_000; file++) writeFileSync(join(folder, "a", `${folders}`, `${file}.nix`), "{ }");
    }
    write("flake.nix");
    write("z/host.nix");
    const workspace = new DiskWorkspace(await testParser(), [folder]);
    expect(workspace.nixFiles.length).toBe(10_000);
    expect(workspace.nixFiles).toContain(join(folder, "flake.nix"));
    expect(workspace.nixFiles).toContain(join(folder, "z/host.nix"));
    expect(workspace.problems).toEqual([expect.stringContaining("more than 10000 Nix files")]);
  });

  it("are only those right in a folder that was not asked for as a whole", async () => {
    for (const path of ["a.nix", "b/c.nix"]) write(path);
    const workspace = new DiskWorkspace(await testParser(), [folder], [], undefined, [folder]);
    expect(workspace.nixFiles).toEqual([join(folder, "a.nix")]);
  });

  it("hold open documents, saved or not, unless they are excluded", async () => {
    const workspace = new DiskWorkspace(await testParser(), [folder], ["x/"]);
    expect(workspace.nixFiles).toEqual([]);
    workspace.openDocument(join(folder, "new.nix"), "{ }");
    workspace.openDocument(join(folder, "x/new.nix"), "{ }");
    expect(workspace.nixFiles).toEqual([join(folder, "new.nix")]);
    workspace.closeDocument(join(folder, "new.nix"));
    expect(workspace.nixFiles).toEqual([]);
  });
});
