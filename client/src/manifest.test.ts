import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { defaultSettings, ruleLevels, settingsSchema } from "../../server/src/settings.ts";

const root = new URL("../../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), "utf8");
const manifest = JSON.parse(read("package.json"));
const { contributes } = manifest;

interface Property {
  readonly default: unknown;
  readonly scope: string;
  readonly order: number;
  readonly markdownDescription: string;
  readonly additionalProperties?: { readonly enum: string[]; readonly enumDescriptions: string[] };
}
const properties: Record<string, Property> = Object.assign(
  {},
  ...contributes.configuration.map((section: { properties: unknown }) => section.properties),
);

describe("settings", () => {
  it("are those that the code reads, with the same defaults", () => {
    // The language client itself reads the trace.
    const read = Object.keys(properties).filter((name) => name !== "impermanence.trace.server");
    const known = Object.entries(settingsSchema.shape).flatMap(([area, schema]) =>
      "shape" in schema
        ? Object.keys(schema.shape).map((name) => `impermanence.${area}.${name}`)
        : `impermanence.${area}`,
    );
    expect(read.sort()).toEqual(known.sort());
    for (const name of read) {
      const [, area, key] = name.split(".") as [string, keyof typeof defaultSettings, string | undefined];
      const value = key === undefined ? defaultSettings[area] : (defaultSettings[area] as Record<string, unknown>)[key];
      expect(value, name).toEqual(properties[name]!.default);
    }
    const levels = properties["impermanence.rules.severity"]!.additionalProperties!;
    expect(levels.enum).toEqual([...ruleLevels]);
    expect(levels.enumDescriptions).toHaveLength(ruleLevels.length);
  });

  it("are described and scoped, and those that could hide findings wait for trust", () => {
    for (const [name, property] of Object.entries(properties)) {
      expect(property.markdownDescription, name).toMatch(/^[A-Z]/);
      expect(["resource", "window", "machine"], name).toContain(property.scope);
      expect(property.order, name).toBeTypeOf("number");
    }
    const { restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
    expect(restrictedConfigurations).toEqual([
      "impermanence.rules.severity",
      "impermanence.check.exclude",
      "impermanence.readInputsFromStore",
      "impermanence.remote.sshConfigFile",
    ]);
    for (const name of restrictedConfigurations) expect(properties).toHaveProperty([name]);
  });
});

describe("commands", () => {
  const contributed: string[] = contributes.commands.map(({ command }: { command: string }) => command);

  it("are contributed and registered alike", () => {
    const registered = [...read("client/src/commands/registry.ts").matchAll(/"(impermanence\.\w+)":/g)];
    expect(contributed.toSorted()).toEqual(registered.map(([, id]) => id!).sort());
    for (const command of contributes.commands) expect(command.category).toBe("Impermanence");
  });

  it("exist wherever a menu, a text or the code names one", () => {
    const sources = [
      "client/src/language-client.ts",
      "client/src/language-status.ts",
      "client/src/commands/command.ts",
    ];
    const mentioned = [JSON.stringify(contributes), ...sources.map(read)].flatMap((text) => [
      ...text.matchAll(
        /(?:command:|Command\(|command"?: ?|onCommand:|enabledCommands: \[)"?(impermanence\.\w+)\b(?!\.focus)/g,
      ),
    ]);
    expect(mentioned.length).toBeGreaterThan(10);
    for (const [, id] of mentioned) expect(contributed).toContain(id);
  });
});

describe("files", () => {
  it("that the manifest names exist", () => {
    const paths = [...JSON.stringify(contributes).matchAll(/"((?:\.\/)?(?:syntaxes|snippets|media)\/[^"]+)"/g)];
    expect(paths.length).toBeGreaterThan(6);
    for (const [, path] of [...paths, ["", manifest.icon]]) expect(existsSync(new URL(path!, root)), path).toBe(true);
  });

  it("the icon is a PNG of 256 by 256", () => {
    const icon = readFileSync(new URL(manifest.icon, root));
    expect(icon.subarray(1, 4).toString()).toBe("PNG");
    expect([icon.readUInt32BE(16), icon.readUInt32BE(20)]).toEqual([256, 256]);
  });

  it("the pictures of the walkthrough take their colours from the theme", () => {
    for (const step of contributes.walkthroughs[0].steps) {
      if (!step.media.svg) continue;
      const colours = read(step.media.svg).match(/(?:fill|stroke)="[^"]*"/g) ?? [];
      expect(colours.length).toBeGreaterThan(5);
      for (const colour of colours) expect(colour).toMatch(/"(var\(--vscode-|none")/);
      expect(step.media.altText).toBeTruthy();
    }
  });
});

describe("problem matcher", () => {
  const { pattern } = contributes.problemMatchers[0];
  const match = (line: string) => new RegExp(pattern.regexp).exec(line);

  it("reads the lines of the concise format", () => {
    const found = match("hosts/web 1/disko.nix:12:7: warning IMP102 `nodatacow` has no effect: see line 3.");
    expect(found?.slice(1)).toEqual([
      "hosts/web 1/disko.nix",
      "12",
      "7",
      "warning",
      "IMP102",
      "`nodatacow` has no effect: see line 3.",
    ]);
    const { file, line, column, severity, code, message } = pattern;
    expect([file, line, column, severity, code, message]).toEqual([1, 2, 3, 4, 5, 6]);
    expect(match("C:\\nix\\host.nix:1:2: error IMP301 x")?.[1]).toBe("C:\\nix\\host.nix");
  });

  it("takes no other line for a finding", () => {
    for (const line of ["3 findings in 1 host", "host.nix:1:2: error x", "host.nix: error IMP301 x", ""]) {
      expect(match(line)).toBeNull();
    }
  });
});
