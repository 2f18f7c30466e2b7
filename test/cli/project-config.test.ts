import { mkdirSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { folderWith, LATE_STORE, runCli } from "./run-cli.ts";

const HINT = '{ "rules": { "IMP301": "hint" } }\n';

function concise(cwd: string, ...args: string[]): string {
  return runCli(["check", "--format", "concise", ...args], { cwd }).stdout;
}

describe("impermanence.json", () => {
  it("holds for everything below it, wherever the command is run", () => {
    const cwd = folderWith({ "hosts/a/host.nix": LATE_STORE, "impermanence.jsonc": `// ours\n${HINT}` });
    expect(concise(cwd)).toContain("hint IMP301");
    expect(concise(join(cwd, "hosts/a"))).toContain("hint IMP301");
    expect(concise(cwd, "hosts/a/host.nix")).toContain("hint IMP301");
  });

  it("does not reach into another repository", () => {
    const cwd = folderWith({ "other/host.nix": LATE_STORE, "impermanence.json": HINT });
    mkdirSync(join(cwd, "other/.git"));
    expect(concise(join(cwd, "other"))).toContain("error IMP301");
  });

  it("is told what is wrong with it, with line and column, also from below", () => {
    const cwd = folderWith({
      "hosts/host.nix": LATE_STORE,
      "impermanence.json": '{\n  "rulse": {},\n  "rules": 1\n}\n',
    });
    const { code, stdout } = runCli(["check", "--format", "concise"], { cwd });
    expect(stdout).toContain("impermanence.json:2:3: warning IMP003 `rulse` is no setting. Did you mean `rules`?\n");
    expect(stdout).toContain("impermanence.json:3:12: error IMP003 `rules` must be an object, so it is passed over.\n");
    expect(stdout).toContain("error IMP301");
    expect(code).toBe(1);
    expect(concise(join(cwd, "hosts"))).toContain("warning IMP003");
    expect(runCli(["check"], { cwd }).stdout).toContain('2 |   "rulse": {},');
  });

  it("leaves hosts and files out", () => {
    const files = { "a.nix": LATE_STORE, "b.nix": LATE_STORE };
    const config = { hosts: { a: { check: false } } };
    const cwd = folderWith({ ...files, "impermanence.json": JSON.stringify(config) });
    expect(JSON.parse(runCli(["hosts", "--format", "json"], { cwd }).stdout)).toMatchObject({ hosts: [{ name: "b" }] });
    const without = folderWith({ ...files, "impermanence.json": '{ "exclude": ["b.nix"] }' });
    expect(concise(without)).not.toContain("b.nix");
  });

  it("is described by a schema that takes what the checker takes", () => {
    const schema = JSON.parse(runCli(["schema", "impermanence.json"]).stdout);
    const validate = new Ajv({ strict: false }).compile(schema);
    const good = {
      $schema: "x",
      rules: { IMP301: "off" },
      overrides: [{ files: ["a"], rules: {} }],
      requireReasons: true,
      exclude: ["b"],
      services: { "services.a.enable": { state: ["/a", { path: "/b", mode: "0700" }] } },
      unwanted: ["/var/log"],
      stores: ["/persist"],
      hosts: { a: { check: false, root: "wiped" } },
    };
    expect(validate(good)).toBe(true);
    const cwd = folderWith({ "host.nix": LATE_STORE, "impermanence.json": JSON.stringify(good) });
    expect(concise(cwd)).not.toContain("IMP003");
    for (const bad of [{ rules: { IMP301: "fatal" } }, { rulse: {} }, { stores: ["a"] }, []]) {
      expect(validate(bad)).toBe(false);
    }
  });
});
