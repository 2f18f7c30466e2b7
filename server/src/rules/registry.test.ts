import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { expectProperties, findingsOf } from "../testing/spec-check.ts";
import { parseSpec } from "../testing/spec-file.ts";
import { nixParseErrors } from "../testing/spec-nix.ts";
import { pages } from "./pages.ts";
import { rules } from "./registry.ts";

const HEADINGS = ["What it does", "Why it matters", "Example", "Use instead", "Fix safety", "Evidence", "Options"];
const GROUP_DIGITS: Readonly<Record<string, string>> = {
  modules: "0",
  checker: "0",
  "mount-options": "1",
  disko: "2",
  stores: "3",
  coverage: "4",
  rollback: "5",
  snapshots: "6",
  units: "7",
  secrets: "8",
  performance: "9",
};

describe("the registry", () => {
  it("has unique codes and names that follow the conventions", () => {
    expect(rules.length).toBeGreaterThan(30);
    expect(new Set(rules.map(({ code }) => code)).size).toBe(rules.length);
    expect(new Set(rules.map(({ name }) => name)).size).toBe(rules.length);
    for (const { code, name, group } of rules) {
      expect(code).toMatch(/^IMP\d{3}$/);
      expect(code[3], `${name} is in the codes of its group`).toBe(GROUP_DIGITS[group]);
      expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)+$/);
      expect(name, "reads after “allow …”").not.toMatch(/^(no|use|avoid|prefer|disallow|require)-/);
    }
  });
});

describe.each(rules.map((rule) => [rule.name, rule] as const))("%s", (name, rule) => {
  const page = pages.get(rule.code) ?? "";

  it("has a complete page", () => {
    expect(page).toMatch(new RegExp(`^# ${name}\n\n\\S[^\n]+\n\n## `));
    expect([...page.matchAll(/^## (.+)$/gm)].map((match) => match[1])).toEqual(HEADINGS);
    for (const section of page.split(/^## .+$/m).slice(1)) expect(section.trim()).not.toBe("");
  });

  it("finds its example and is silent about what to use instead", async () => {
    const cases = parseSpec(page);
    const examples = cases.filter(({ title }) => title === "Example");
    const instead = cases.filter(({ title }) => title === "Use instead");
    expect(examples.length).toBeGreaterThan(0);
    expect(instead.length).toBeGreaterThan(0);
    const texts: string[] = [];
    for (const { files } of examples) {
      expect((await findingsOf(files)).map(({ code }) => code)).toContain(rule.code);
      texts.push(...nixTexts(files), ...(await expectProperties(files)));
    }
    for (const { files } of instead) {
      expect((await findingsOf(files)).map(({ code }) => code)).not.toContain(rule.code);
      texts.push(...nixTexts(files));
    }
    expect(nixParseErrors(texts)).toBeUndefined();
  });

  it("has a spec", () => {
    const spec = new URL(`./${rule.group}/${name}.spec.md`, import.meta.url);
    expect(existsSync(spec)).toBe(true);
    expect(readFileSync(fileURLToPath(spec), "utf8")).toMatch(/^# /);
  });
});

/** The files that are for Nix to judge: examples may have encrypted files beside them. */
function nixTexts(files: Readonly<Record<string, string>>): string[] {
  return Object.entries(files).flatMap(([path, text]) => (path.endsWith(".nix") ? [text] : []));
}
