import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { Log } from "sarif";
import { describe, expect, it } from "vitest";
import { checkSchema, factsSchema, hostsSchema } from "../../server/src/report/schema.ts";
import { folderWith, LATE_STORE, runCli } from "./run-cli.ts";

const EXAMPLE = "examples/hetzner-vps";

function validator(name: string) {
  const schema = JSON.parse(readFileSync(resolve("docs/schema", `${name}.schema.json`), "utf8"));
  const validate = new Ajv2020({ strict: false }).compile(schema);
  return (value: unknown) => (validate(value) ? [] : validate.errors);
}

describe("check prints", () => {
  it("for people: what, where, why, what to do", () => {
    const cwd = folderWith({ "host.nix": LATE_STORE });
    const { code, stdout, stderr } = runCli(["check"], { cwd });
    expect(code).toBe(1);
    expect(stderr).toBe("");
    const shown = stdout.replace(/^( {2}docs: nix-impermanence explain IMP301) .*$/m, "$1 …");
    expect(shown).toMatchInlineSnapshot(`
      "error[IMP301] store-not-needed-for-boot
        --> host.nix:6:27  (host host)
        |
      6 |   environment.persistence."/persist" = {
        |                           ^^^^^^^^^^
        \`/persist\` is not \`neededForBoot\`, so the initrd does not mount it. impermanence refuses to
        evaluate with such a store.
        help: Set fileSystems."/persist".neededForBoot = true;
        see: host.nix:5:15 \`/persist\` is declared here
        fix: Set fileSystems."/persist".neededForBoot = true
        docs: nix-impermanence explain IMP301 …

      1 error on 1 host. 1 can be fixed with --fix.
      "
    `);
  });

  it("one line a finding, and the rest to standard error", () => {
    const cwd = folderWith({ "host.nix": LATE_STORE });
    const { code, stdout, stderr } = runCli(["check", "--format", "concise"], { cwd });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^host\.nix:6:\d+: error IMP301 .*\n$/);
    expect(stderr).toMatch(/^1 error on 1 host\. 1 can be fixed with --fix\.\n$/);
  });

  it("JSON that its schemas describe", () => {
    const { code, stdout } = runCli(["check", EXAMPLE, "--format", "json"]);
    expect(code).toBe(1);
    const json = JSON.parse(stdout) as unknown;
    expect(checkSchema.strict().parse(json)).toEqual(json);
    expect(validator("check")(json)).toEqual([]);
    const { findings, hosts } = checkSchema.parse(json);
    expect(hosts).toEqual(["hetzner-vps"]);
    expect(findings.length).toBeGreaterThan(20);
    for (const { file, range } of findings) {
      const lines = readFileSync(file, "utf8").split("\n");
      expect(range.end.line).toBeLessThan(lines.length);
      expect(range.end.character).toBeLessThanOrEqual((lines[range.end.line] as string).length);
    }
    // A schema that takes anything would not tell.
    expect(validator("check")({ version: 1, findings: [{ code: "x" }], hosts: [], notChecked: [] })).not.toEqual([]);
  });

  it("SARIF: rules, places from 1, fixes", () => {
    const { code, stdout } = runCli(["check", EXAMPLE, "--format", "sarif"]);
    expect(code).toBe(1);
    const log = JSON.parse(stdout) as Log;
    expect(log.version).toBe("2.1.0");
    const [run] = log.runs;
    const rules = run?.tool.driver.rules ?? [];
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
    const { findings } = checkSchema.parse(JSON.parse(runCli(["check", EXAMPLE, "--format", "json"]).stdout));
    expect(run?.results).toHaveLength(findings.length);
    for (const [index, result] of (run?.results ?? []).entries()) {
      const finding = findings[index];
      expect(rules[result.ruleIndex ?? -1]?.id).toBe(result.ruleId);
      expect(rules[result.ruleIndex ?? -1]?.help?.markdown?.length).toBeGreaterThan(100);
      expect(["error", "warning", "note"]).toContain(result.level);
      expect(result.message.text).toContain(finding?.message);
      const place = result.locations?.[0]?.physicalLocation;
      expect(decodeURIComponent(place?.artifactLocation?.uri ?? "")).toBe(finding?.file);
      expect(place?.region).toEqual({
        startLine: (finding?.range.start.line ?? 0) + 1,
        startColumn: (finding?.range.start.character ?? 0) + 1,
        endLine: (finding?.range.end.line ?? 0) + 1,
        endColumn: (finding?.range.end.character ?? 0) + 1,
      });
      expect(result.fixes?.length ?? 0).toBe(finding?.fixes?.length ?? (finding?.fix ? 1 : 0));
    }
  });

  it("SARIF addresses: odd names encoded, files elsewhere absolute", () => {
    const folder = folderWith({ "a b%/ü#.nix": LATE_STORE });
    const uris = (cwd: string) => {
      const log = JSON.parse(runCli(["check", folder, "--format", "sarif"], { cwd }).stdout) as Log;
      return log.runs[0]?.results?.[0]?.locations?.[0]?.physicalLocation?.artifactLocation?.uri;
    };
    expect(uris(folder)).toBe("a%20b%25/%C3%BC%23.nix");
    expect(uris("/usr")).toBe(`file://${folder}/a%20b%25/%C3%BC%23.nix`);
  });

  it("annotations for GitHub, by itself when it runs there", () => {
    const cwd = folderWith({ "a,b:c.nix": LATE_STORE });
    const { code, stdout } = runCli(["check"], { cwd, env: { GITHUB_ACTIONS: "true" } });
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^::error file=a%2Cb%3Ac\.nix,line=6,endLine=6,col=\d+,endColumn=\d+,title=IMP301 [a-z-]+::[^\n]+\n$/,
    );
    expect(runCli(["check", "--format", "concise"], { cwd, env: { GITHUB_ACTIONS: "true" } }).stdout).not.toContain(
      "::",
    );
  });

  it("colours where they are wanted", () => {
    const cwd = folderWith({ "host.nix": LATE_STORE });
    const colored = (env: Record<string, string>, command = "check") =>
      runCli([command], { cwd, env }).stdout.includes("\u001b[");
    expect(colored({})).toBe(false);
    expect(colored({ FORCE_COLOR: "1" })).toBe(true);
    expect(colored({ FORCE_COLOR: "0" })).toBe(false);
    expect(colored({ FORCE_COLOR: "1", NO_COLOR: "1" })).toBe(false);
    expect(colored({ FORCE_COLOR: "1" }, "facts")).toBe(true);
    expect(runCli(["facts"], { cwd, env: { FORCE_COLOR: "1" } }).stdout).not.toContain("<U+001B>");
  });
});

describe("other commands print", () => {
  it("hosts of one name in several configurations as what each of them is", () => {
    const { stdout } = runCli(["hosts", "examples"]);
    const lines = stdout.trimEnd().split("\n");
    expect(lines.map((line) => line.split(/ {2,}/)[1])).toEqual([
      "examples/hetzner-vps-fixed/flake.nix",
      "examples/hetzner-vps/flake.nix",
      "examples/juni/flake.nix",
    ]);
    expect(lines[0]).toContain("impermanent, root: btrfs, rolled back at boot, 0 findings");
    expect(lines[1]).toMatch(/meant to be impermanent, but nothing empties the root, [1-9]\d findings$/);
    const { code, stderr } = runCli(["facts", "examples", "--host", "hetzner-vps"]);
    expect(code).toBe(2);
    expect(stderr).toContain(
      "several hosts are called `hetzner-vps` (examples/hetzner-vps-fixed/flake.nix, examples/hetzner-vps/flake.nix); give the folder of one",
    );
  });

  it("hosts as a list and as JSON", () => {
    const { code, stdout } = runCli(["hosts", EXAMPLE]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^hetzner-vps {2}examples\/hetzner-vps\/flake\.nix {2}meant to be impermanent, .*, \d+ findings\n$/,
    );
    const json = JSON.parse(runCli(["hosts", EXAMPLE, "--format", "json"]).stdout) as unknown;
    expect(hostsSchema.strict().parse(json)).toEqual(json);
    expect(validator("hosts")(json)).toEqual([]);
  });

  it("facts as a page and as JSON", () => {
    const { code, stdout } = runCli(["facts", EXAMPLE]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^hetzner-vps /);
    expect(stdout).toContain("Filesystems\n  /  btrfs");
    const json = JSON.parse(runCli(["facts", EXAMPLE, "--host", "hetzner-vps", "--format", "json"]).stdout) as unknown;
    expect(factsSchema.strict().parse(json)).toEqual(json);
    expect(validator("facts")(json)).toEqual([]);
  });

  it("what it took to know a host", () => {
    const page = runCli(["facts", EXAMPLE, "--stats"]).stdout;
    expect(page).toMatch(/\nStatistics\n {2}files read {2}\d+\n {2}steps {2}\d+\n {2}memory {2}\d+ MB\n/);
    expect(page).toContain("functions of lib that are not known here  none");
    const json = factsSchema
      .strict()
      .parse(JSON.parse(runCli(["facts", EXAMPLE, "--stats", "--format", "json"]).stdout));
    expect(json.statistics?.files).toBeGreaterThan(0);
    expect(json.statistics?.steps).toBeGreaterThan(100);
    expect(json.statistics?.missing).toEqual({});
    expect(validator("facts")(json)).toEqual([]);
  });

  it("the page of a rule, by code and by name, and of what no rule finds", () => {
    const { code, stdout } = runCli(["explain", "imp301"]);
    expect(code).toBe(0);
    expect(stdout).toContain("## What it does");
    expect(runCli(["explain", "store-not-needed-for-boot"]).stdout).toBe(stdout);
    for (const own of ["IMP000", "IMP001", "IMP002"]) expect(runCli(["explain", own]).stdout).toMatch(/^# [a-z-]+\n/);
  });

  it("all rules, each with a sentence", () => {
    const { code, stdout } = runCli(["rules"]);
    expect(code).toBe(0);
    const json = JSON.parse(runCli(["rules", "--format", "json"]).stdout) as { code: string; summary: string }[];
    expect(stdout.trimEnd().split("\n")).toHaveLength(json.length);
    for (const { code, summary } of json) {
      expect(code).toMatch(/^IMP\d{3}$/);
      expect(summary.length).toBeGreaterThan(20);
      expect(stdout).toContain(code);
    }
  });

  it("the schemas, as they lie in docs/schema", () => {
    const names = runCli(["schema"]).stdout.trim().split("\n");
    expect(names).toEqual(expect.arrayContaining(["check", "facts", "hosts", "impermanence.json", "remote-status"]));
    const files = names.map((name) => `${name.replace(/\.json$/, "")}.schema.json`);
    expect(readdirSync(resolve("docs/schema")).sort()).toEqual([...files].sort());
    for (const [index, name] of names.entries()) {
      const { code, stdout } = runCli(["schema", name]);
      expect(code).toBe(0);
      expect(readFileSync(resolve("docs/schema", files[index] as string), "utf8")).toBe(stdout);
    }
  });
});
