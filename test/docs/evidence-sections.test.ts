import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { findingHelp } from "../../server/src/ide/finding-help.ts";
import { pages } from "../../server/src/rules/pages.ts";
import { rules } from "../../server/src/rules/registry.ts";

/** How a page says that no test shows its claim; the reason follows. */
const NOT_SHOWN =
  /(Not shown on the real thing|There is nothing to show on a running system|It cannot be shown here|a boot is needed to show it)[^.]*\S/;

it.each(rules.map(({ code, name }) => [code, name]))(
  "the Evidence of %s (%s) names a test that shows it, or says why none does",
  (code) => {
    const section = (pages.get(code) ?? "").split(/^## Evidence$/m)[1]?.split(/^## /m)[0] ?? "";
    const tests = [...section.matchAll(/test\/evidence\/[\w-]+\.test\.ts/g)].map(([path]) => path);
    for (const path of tests) {
      expect(existsSync(path), `${path} is there`).toBe(true);
      // Evidence is named by the rule, or by the pitfall that the page names.
      const names = [code, ...(section.match(/\b[A-Z]\d{1,2}\b/g) ?? [])];
      const text = readFileSync(path, "utf8");
      expect(
        names.some((one) => new RegExp(`\\b${one}\\b`).test(text)),
        `${path} speaks of ${names}`,
      ).toBe(true);
    }
    if (tests.length === 0) expect(section).toMatch(NOT_SHOWN);
  },
);

it("has one page for a rule: what explain, SARIF and the hover show is what lies in docs/rules", () => {
  const help = new Map(findingHelp().map((one) => [one.code, one]));
  expect(help.size).toBe(findingHelp().length);
  for (const { code, name } of rules) {
    const published = readFileSync(`docs/rules/${name}.md`, "utf8");
    const [title, ...body] = (help.get(code)?.markdown ?? "").split("\n");
    expect(published).toContain(`${title}\n`);
    expect(published.endsWith(body.join("\n"))).toBe(true);
    expect(published).toContain(`\`${code}\` · `);
  }
});
