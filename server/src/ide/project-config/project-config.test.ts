import { describe, expect, it } from "vitest";
import { analyseFiles } from "../../testing/analyse-files.ts";
import { readConfig } from "./read-config.ts";

const HOST = `{
  fileSystems."/" = { device = "none"; fsType = "tmpfs"; options = [ "mode=755" ]; };
  fileSystems."/nix" = { device = "/dev/sda2"; fsType = "ext4"; };
  fileSystems."/persist" = { device = "/dev/sda3"; fsType = "ext4"; };
  environment.persistence."/persist" = {
    directories = [ "/var/log" "/var/lib/nixos" "/var/lib/systemd" ];
    files = [ "/etc/machine-id" ];
  };
}
`;

async function found(config: unknown, files: Readonly<Record<string, string>> = { "/host.nix": HOST }) {
  const text = typeof config === "string" ? config : JSON.stringify(config, null, 2);
  const { findings } = await analyseFiles({ ...files, "/impermanence.json": text });
  return findings.map(({ code, severity, at }) => `${severity} ${code} ${at.file}`);
}

/** What is wrong in a text, and the part of the text that is marked. */
function problems(text: string): string[] {
  return readConfig(text).problems.map(
    ({ at, severity, message }) => `${severity} ${text.slice(at.start, at.end)}: ${message}`,
  );
}

describe("a configuration with mistakes", () => {
  it.each([
    ["", []],
    ["// nothing yet\n", []],
    ['{ "rules": { "IMP301": "off", /* why */ "unused-suppression": "hint", }, }', []],
    ["\uFEFF{}", []],
    ['{ "rulse": {} }', ['warning "rulse": `rulse` is no setting. Did you mean `rules`?']],
    ['{ "hosts": { "a": { "rot": "tmpfs" } } }', ['warning "rot": `hosts.a.rot` is no setting. Did you mean `root`?']],
    [
      '{ "overrides": [{ "files": [], "rules": {}, "x": 1 }] }',
      ['warning "x": `overrides.0.x` is no setting. There are files, rules.'],
    ],
    [
      '{ "rules": { "IMP301": "fatal" } }',
      ['error "fatal": `rules.IMP301` must be one of off, error, warning, information, hint, so it is passed over.'],
    ],
    [
      '{ "rules": { "store-not-needed-for-bot": "off", "IMP399": "off" } }',
      [
        'warning "store-not-needed-for-bot": There is no rule `store-not-needed-for-bot`. Did you mean `store-not-needed-for-boot`?',
        'warning "IMP399": There is no rule `IMP399`.',
      ],
    ],
    ['{ "stores": ["persist"] }', ['error "persist": `stores.0` must be an absolute path, so it is passed over.']],
    ['{ "requireReasons": "yes" }', ['error "yes": `requireReasons` must be true or false, so it is passed over.']],
    [
      '{ "overrides": [{ "rules": {} }] }',
      ['error { "rules": {} }: `overrides.0.files` is missing, so it is passed over.'],
    ],
    ["[]", ["error []: The configuration must be an object, so it is passed over."]],
    [
      '{ "services": { "a.enable": { "state": [{ "path": "/a", "mod": "1" }] } } }',
      ['warning "mod": `services.a.enable.state.0.mod` is no setting. Did you mean `mode`?'],
    ],
    ['{ "rules" { } }', ["error {: This is not valid JSON: colon expected."]],
  ])("%s", (text, expected) => {
    const actual = problems(text);
    for (const [index, one] of expected.entries()) expect(actual[index]).toBe(one);
    if (expected.length === 0) expect(actual).toEqual([]);
  });

  it("keeps what is right", () => {
    const { written } = readConfig(
      '{ "rules": { "IMP301": "fatal", "IMP302": "off" }, "stores": ["x", "/y"], "z": 1 }',
    );
    expect(written).toEqual({ rules: { IMP302: "off" }, stores: ["/y"] });
  });

  it("never throws", () => {
    const whole =
      '{ "rules": { "IMP301": "off" }, "overrides": [{ "files": ["a"], "rules": {} }], "hosts": { "*": {} } }';
    for (let end = 0; end <= whole.length; end++) expect(() => readConfig(whole.slice(0, end))).not.toThrow();
    for (const odd of [
      "null",
      "1",
      '"a"',
      '{"rules":[]}',
      '{"overrides":{"0":1}}',
      '{"services":{"a":{"state":[[]]}}}',
    ]) {
      expect(problems(odd).length).toBeGreaterThan(0);
    }
  });
});

describe("what a configuration changes", () => {
  it("changes severities, for some files too", async () => {
    expect(await found({})).toEqual(["error IMP301 /host.nix"]);
    expect(await found({ rules: { "store-not-needed-for-boot": "hint" } })).toEqual(["hint IMP301 /host.nix"]);
    expect(await found({ rules: { IMP301: "off", "store-not-needed-for-boot": "hint" } })).toEqual([]);
    const overrides = [{ files: ["hosts/test"], rules: { IMP301: "off" } }];
    const files = { "/hosts/test/a.nix": HOST, "/hosts/b.nix": HOST };
    expect(await found({ overrides }, files)).toEqual(["error IMP301 /hosts/b.nix"]);
  });

  it("uses the nearest of several", async () => {
    const near = '{ "rules": { "IMP301": "warning" } }';
    expect(
      await found(
        { rules: { IMP301: "off" } },
        { "/a/host.nix": HOST, "/b/host.nix": HOST, "/b/impermanence.jsonc": near },
      ),
    ).toEqual(["warning IMP301 /b/host.nix"]);
  });

  it("shows its own mistakes as findings", async () => {
    expect(await found('{ "x": 1 }')).toEqual(["error IMP301 /host.nix", "warning IMP003 /impermanence.json"]);
    expect(await found("{}", { "/host.nix": HOST, "/impermanence.jsonc": "{}" })).toContain(
      "warning IMP003 /impermanence.json",
    );
  });

  it("leaves files and hosts out", async () => {
    expect(await found({ exclude: ["host.nix"] })).toEqual([]);
    expect(await found({ hosts: { "ho*": { check: false } } })).toEqual([]);
    expect(await found({ hosts: { other: { check: false } } })).toHaveLength(1);
  });

  it("asks for reasons", async () => {
    const text = HOST.replace("  environment", "  # impermanence: allow IMP301 — add a reason\n  environment");
    expect(await found({}, { "/host.nix": text })).toEqual([]);
    expect(await found({ requireReasons: true }, { "/host.nix": text })).toEqual(["warning IMP021 /host.nix"]);
    const because = text.replace("add a reason", "the initrd mounts it");
    expect(await found({ requireReasons: true }, { "/host.nix": because })).toEqual([]);
  });

  it("does not report the loss of what is not wanted", async () => {
    const text = HOST.replace(' "/var/lib/nixos"', "").replace('files = [ "/etc/machine-id" ];', "");
    const codes = await found({ rules: { IMP301: "off" } }, { "/host.nix": text });
    expect(codes).toEqual(expect.arrayContaining(["warning IMP402 /host.nix", "warning IMP403 /host.nix"]));
    const unwanted = ["/etc/machine-id", "/var/lib"];
    expect(await found({ rules: { IMP301: "off" }, unwanted }, { "/host.nix": text })).toEqual([]);
  });

  it("knows further services", async () => {
    const text = HOST.replace("{\n", "{\n  services.my-app.enable = true;\n");
    const services = { "services.my-app.enable": { state: [{ path: "/var/lib/my-app", note: "the orders" }] } };
    expect(await found({ rules: { IMP301: "off" } }, { "/host.nix": text })).toEqual([]);
    expect(await found({ rules: { IMP301: "off" }, services }, { "/host.nix": text })).toEqual([
      "warning IMP401 /host.nix",
    ]);
  });

  it("believes what it says of a root that cannot be seen, and not against what is seen", async () => {
    const text = `{
  fileSystems."/" = { device = "/dev/sda1"; fsType = "ext4"; };
  environment.persistence."/persist".directories = [ "/var/log" ];
}\n`;
    const config = (root: string) => ({ rules: { IMP301: "off" }, stores: ["/persist"], hosts: { "*": { root } } });
    const lost = (all: readonly string[]) => all.filter((one) => one.includes("IMP40"));
    expect(lost(await found(config("kept"), { "/host.nix": text }))).toEqual([]);
    expect(lost(await found(config("wiped"), { "/host.nix": text }))).not.toEqual([]);
    const kept = await found(
      { hosts: { "*": { root: "kept" } } },
      { "/host.nix": HOST.replace(' "/var/lib/nixos"', "") },
    );
    expect(kept).toContain("warning IMP402 /host.nix");
  });

  it("takes a store for kept where no filesystem is declared", async () => {
    const text = HOST.replace(/ {2}fileSystems."\/persist".*\n/, "");
    expect((await found({}, { "/host.nix": text })).join()).toContain("IMP302");
    expect((await found({ stores: ["/persist"] }, { "/host.nix": text })).join()).not.toContain("IMP302");
  });
});
