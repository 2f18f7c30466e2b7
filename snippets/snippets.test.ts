import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { expandSnippet } from "./expand.ts";

interface Snippet {
  readonly prefix: string;
  readonly description: string;
  readonly body: readonly string[];
}
const snippets: Record<string, Snippet> = JSON.parse(readFileSync(new URL("nix.json", import.meta.url), "utf8"));
const byPrefix = (prefix: string) => Object.values(snippets).find((snippet) => snippet.prefix === prefix)!;
const asModule = (snippet: Snippet) => `{ config, lib, pkgs, ... }: {\n${expandSnippet(snippet.body)}\n}`;

function run(command: string, args: string[], input = "", env: NodeJS.ProcessEnv = process.env) {
  const { status, stdout, stderr } = spawnSync(command, args, { input, encoding: "utf8", env });
  return { status, output: stdout + stderr, stdout };
}

/** What the snippet's module holds at a path, as Nix itself evaluates it. */
function evaluate(snippet: Snippet, path: string): unknown {
  const expression = `((${asModule(snippet)}) { config = { }; lib = { }; pkgs.btrfs-progs = "btrfs-progs"; }).${path}`;
  const { status, stdout, output } = run("nix-instantiate", ["--eval", "--strict", "--json", "-E", expression]);
  expect(status, output).toBe(0);
  return JSON.parse(stdout);
}

describe("expandSnippet", () => {
  it("fills in defaults, repeats them, takes the first choice and undoes escapes", () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: this is how snippets write placeholders.
    expect(expandSnippet(["${1:a\\}b} $1", "${2|x,y|} \\$1 \\\\ $0."])).toBe("a}b a}b\nx $1 \\ .");
  });
});

describe.each(Object.entries(snippets))("%s", (name, snippet) => {
  it("has a description, and a prefix of its own", () => {
    expect(snippet.description).toMatch(/^[A-Z].{20,}\.$/);
    expect(snippet.prefix).toMatch(/^[a-z]+(-[a-z]+)+$/);
    const others = Object.entries(snippets).filter(([other]) => other !== name);
    expect(others.map(([, other]) => other.prefix)).not.toContain(snippet.prefix);
  });

  it("is Nix when every placeholder keeps its default", () => {
    const module = asModule(snippet);
    expect(module).not.toContain("§");
    const { status, output } = run("nix-instantiate", ["--parse", "-"], module);
    expect(status, output).toBe(0);
  });
});

describe.each([
  ["rollback-btrfs", "boot.initrd.systemd.services.rollback-root.script"],
  ["snapshot-timer", "systemd.services.snapshot-persist.script"],
])("script of %s", (prefix, path) => {
  it("passes bash and shellcheck", () => {
    const script = evaluate(byPrefix(prefix), path) as string;
    expect(run("bash", ["-n"], script)).toMatchObject({ status: 0, output: "" });
    expect(run("shellcheck", ["--shell=bash", "-"], `set -e\n${script}`)).toMatchObject({ status: 0, output: "" });
  });
});

describe("device unit of the rollback", () => {
  it("is the one that systemd names after the device it mounts", () => {
    const service = "boot.initrd.systemd.services.rollback-root";
    const script = evaluate(byPrefix("rollback-btrfs"), `${service}.script`) as string;
    const device = /(\/dev\/\S+)/.exec(script)![1]!;
    const { stdout } = run("systemd-escape", ["--path", "--suffix=device", device]);
    expect(evaluate(byPrefix("rollback-btrfs"), `${service}.requires`)).toEqual([stdout.trim()]);
    expect(evaluate(byPrefix("rollback-btrfs"), `${service}.after`)).toContain(stdout.trim());
  });
});

describe("calendars", () => {
  it("are ones that systemd takes", () => {
    const own = [...JSON.stringify(snippets).matchAll(/(?:OnCalendar|onCalendar) = \\"\$\{\d\|([^|]*)\|/g)];
    const calendars = own.flatMap(([, choices]) => choices!.split(","));
    expect(calendars.length).toBeGreaterThan(5);
    for (const calendar of calendars) {
      const { status, output } = run("systemd-analyze", ["calendar", calendar]);
      expect(status, output).toBe(0);
    }
  });
});

describe("the rollback, run on a stand-in for a btrfs top level", () => {
  let folder: string;
  let top: string;
  const subvolume = (path: string) => {
    mkdirSync(join(top, path), { recursive: true });
    writeFileSync(join(top, path, ".subvolume"), "");
  };
  const stamp = (daysAgo: number) =>
    new Date(Date.now() - daysAgo * 86_400_000).toISOString().replace(/[-:]|\..*/g, "");

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "rollback-"));
    top = join(folder, "top");
    mkdirSync(join(folder, "bin"));
    mkdirSync(top);
    tool("mount", 'echo "mount $*" >> "$0.log"');
    tool("umount", 'echo "umount $*" >> "$0.log"');
    tool(
      "btrfs",
      `case "$2" in
         show) [ -e "$3/.subvolume" ] ;;
         create) mkdir "$3" && touch "$3/.subvolume" ;;
         delete) [ "$3" = -R ] && [ -e "$4/.subvolume" ] && rm -r "$4" ;;
         *) exit 64 ;;
       esac`,
    );
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function tool(name: string, script: string) {
    writeFileSync(join(folder, "bin", name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, "bin", name), 0o755);
  }

  function boot() {
    const script = evaluate(byPrefix("rollback-btrfs"), "boot.initrd.systemd.services.rollback-root.script") as string;
    expect(script).toContain("top=/run/rollback-top");
    const here = script.replace("top=/run/rollback-top", `top=${top}`);
    const env = { ...process.env, TZ: "UTC", PATH: `${join(folder, "bin")}:${process.env.PATH}` };
    // NixOS runs the script of a unit with -e.
    return run("bash", ["-e"], here, env);
  }

  it("moves the root aside and starts with an empty one", () => {
    subvolume("root");
    subvolume("persist");
    writeFileSync(join(top, "root", "litter"), "");
    expect(boot()).toMatchObject({ status: 0, output: "" });
    expect(readdirSync(join(top, "root"))).toEqual([".subvolume"]);
    const [old, ...others] = readdirSync(join(top, "old_roots"));
    expect(others).toEqual([]);
    expect(existsSync(join(top, "old_roots", old!, "litter"))).toBe(true);
    expect(existsSync(join(top, "persist", ".subvolume"))).toBe(true);
    expect(readFileSync(join(folder, "bin", "umount.log"), "utf8")).toBe(`umount ${top}\n`);
  });

  it("deletes roots by the age in their names, and nothing that is not a subvolume", () => {
    subvolume("root");
    subvolume(`old_roots/${stamp(40)}`);
    subvolume(`old_roots/${stamp(20)}`);
    mkdirSync(join(top, "old_roots", `${stamp(50)}`));
    subvolume("nix");
    expect(boot().status).toBe(0);
    const left = readdirSync(join(top, "old_roots"));
    expect(left).toHaveLength(3);
    expect(left).toContain(left.find((name) => name < stamp(45)));
    expect(left.some((name) => name > stamp(45) && name < stamp(30))).toBe(false);
    expect(existsSync(join(top, "nix", ".subvolume"))).toBe(true);
  });

  it("makes a root when an interrupted boot has left none, and deletes nothing then", () => {
    subvolume("persist");
    subvolume("nix");
    expect(boot().status).toBe(0);
    expect(readdirSync(top).sort()).toEqual(["nix", "old_roots", "persist", "root"]);
    expect(readdirSync(join(top, "old_roots"))).toEqual([]);
  });

  it("boots with the new root also when an old one cannot be deleted", () => {
    subvolume("root");
    subvolume(`old_roots/${stamp(40)}`);
    tool("rm", "exit 1");
    const { status, output } = boot();
    expect(output).toContain("could not be deleted");
    expect(status).toBe(0);
    expect(readdirSync(join(top, "root"))).toEqual([".subvolume"]);
  });
});
