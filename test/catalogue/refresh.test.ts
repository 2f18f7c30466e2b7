import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

/*
 * `npm run catalogue` on a stand-in for a nixpkgs checkout: a few modules that say the same as the catalogue, or
 * something else, over the reference implementation of the module system. Nix evaluates it for real.
 */

const here = dirname(fileURLToPath(import.meta.url));
const script = join(here, "../../scripts/catalogue.mjs");
const nixpkgs = join(here, "nixpkgs");

interface Report {
  readonly summary: Readonly<Record<string, number>>;
  readonly services: readonly {
    readonly enable: string;
    readonly how: string;
    readonly differences: readonly { readonly what: string; readonly text: string }[];
    readonly proposal: { readonly states: readonly Record<string, unknown>[] };
  }[];
}

function run(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [script, ...args], { encoding: "utf8" });
}

function compared(names: readonly string[], ...args: string[]): Report {
  const only = names.map((name) => `services.${name}.enable`).join(",");
  const { stdout, stderr } = run("--nixpkgs", nixpkgs, "--only", only, "--json", ...args);
  expect(stderr).toBe("");
  return JSON.parse(stdout) as Report;
}

const NAMES = ["gotify", "kavita", "miniflux", "gatus", "mealie", "soft-serve", "newcomer", "grafana"];

describe("the comparison of the catalogue with a nixpkgs checkout", () => {
  const report = compared(NAMES);
  const of = (name: string) => report.services.find(({ enable }) => enable === `services.${name}.enable`);
  const texts = (name: string) => of(name)?.differences.map(({ what, text }) => `${what} ${text}`);

  it("is silent where a module does what the catalogue says", () => {
    expect(of("gotify")).toMatchObject({ how: "evaluated", differences: [] });
    expect(of("gotify")?.proposal.states).toMatchObject([
      { path: "/var/lib/private/gotify-server", dynamicUser: true, optionBase: "/var/lib" },
    ]);
  });

  it("finds what was added, removed, moved and changed", () => {
    expect(texts("miniflux")).toEqual(["added /var/cache/miniflux (CacheDirectory of miniflux.service)"]);
    expect(texts("mealie")).toEqual(["removed /var/lib/private/mealie"]);
    expect(texts("gatus")).toEqual([
      "moved /var/lib/private/gatus -> /var/lib/private/gatus-2 (StateDirectory of gatus.service)",
    ]);
    expect(texts("kavita")).toEqual([
      "changed /var/lib/kavita: mode 0750 -> 0700",
      'changed default of services.kavita.dataDir: "/var/lib/kavita" -> "/var/lib/kavita/data"',
    ]);
  });

  it("reads a module alone where Nix cannot evaluate it", () => {
    expect(of("soft-serve")?.how).toBe("read");
    expect(texts("soft-serve")).toEqual([
      "added /var/lib/private/soft-serve-keys (StateDirectory of soft-serve.service)",
    ]);
  });

  it("says which services are gone and which are new, with an entry for these", () => {
    expect(of("grafana")).toMatchObject({ how: "gone", differences: [] });
    expect(texts("newcomer")).toEqual(["added /srv/newcomer (tmpfiles)", "added /var/lib/newcomer (home of newcomer)"]);
    expect(of("newcomer")?.proposal.states).toEqual([
      { path: "/srv/newcomer", kind: "state", user: "newcomer", group: "newcomer", mode: "0750" },
      { path: "/var/lib/newcomer", kind: "state", user: "newcomer", group: "newcomer" },
    ]);
  });

  it("counts", () => {
    expect(report.summary).toMatchObject({
      services: 8,
      evaluated: 6,
      read: 1,
      gone: 1,
      differing: 5,
      new: 1,
      added: 4,
      removed: 1,
      moved: 1,
      changed: 2,
    });
  });

  it("does without Nix, seeing less", () => {
    const [service] = compared(["soft-serve"], "--source").services;
    expect(service?.how).toBe("read");
    expect(service?.differences).toHaveLength(1);
  });

  it("prints what a person reads", () => {
    const { stdout } = run("--nixpkgs", nixpkgs, "--only", "services.gatus.enable,services.grafana.enable");
    expect(stdout).toContain("services.gatus.enable (read, evaluated, ");
    expect(stdout).toContain("  propose  {");
    expect(stdout).toContain("services.grafana.enable: no module declares it any more");
    expect(stdout).toMatch(/\n2 services, 1 evaluated, .* 1 moved, 0 changed\n$/);
  });

  it("says what it needs", () => {
    expect(run()).toMatchObject({ status: 2, stderr: expect.stringContaining("--nixpkgs DIR") as string });
    expect(run("--nixpkgs", here)).toMatchObject({ status: 2 });
    expect(run("--nixpkgs", nixpkgs, "--only", "services.nothing.enable")).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("services.nothing.enable") as string,
    });
  });
});
