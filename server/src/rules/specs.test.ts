import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { applyPlan, asExpected, expectProperties, findingsOf } from "../testing/spec-check.ts";
import { annotate, parseSpec, type SpecCase, showFiles } from "../testing/spec-file.ts";
import { nixParseErrors } from "../testing/spec-nix.ts";

const folder = fileURLToPath(new URL(".", import.meta.url));
const specs = (readdirSync(folder, { recursive: true }) as string[]).filter((path) => path.endsWith(".spec.md")).sort();
const update = process.env.UPDATE === "1";
const texts: string[] = [];

for (const spec of specs) {
  describe(spec, () => {
    const markdown = readFileSync(folder + spec, "utf8");
    const cases = parseSpec(markdown);
    const lines = markdown.split("\n");
    const rewritten: { from: number; to: number; lines: string[] }[] = [];

    it.each(cases.map((one) => [one.title, one] as const))("%s", async (_title, one) => {
      const about = one.only.length > 0 ? one.only : [codeOf(spec)];
      const findings = (await findingsOf(one.files)).filter(({ code }) => about.includes(code));
      const actual = findings.map(asExpected);
      if (update) {
        rewritten.push({ ...one.block, lines: annotate(one.files, actual) });
        if (one.fixedBlock) rewritten.push({ ...one.fixedBlock, lines: showFiles(fixedFiles(one, findings)) });
        return;
      }
      const shown = actual.map((finding, index) => shorten(finding, one.expected[index]));
      expect(shown).toEqual(one.expected);
      if (one.fixed) expect(fixedFiles(one, findings)).toEqual(one.fixed.files);
      texts.push(...(await expectProperties(one.files)));
    });

    afterAll(() => {
      if (!update) return;
      for (const { from, to, lines: block } of rewritten.sort((a, b) => b.from - a.from))
        lines.splice(from, to - from, ...block);
      writeFileSync(folder + spec, lines.join("\n"));
    });
  });
}

if (!update)
  it("Nix parses every file the fixes make", () => {
    expect(texts.length).toBeGreaterThan(0);
    expect(nixParseErrors([...new Set(texts)])).toBeUndefined();
  });

function codeOf(spec: string): string {
  const source = readFileSync(folder + spec.replace(/\.spec\.md$/, ".ts"), "utf8");
  return /code: "(IMP\d{3})"/.exec(source)?.[1] ?? "";
}

/** Compares only what the annotation says: a part of the message is enough, `…` leaves the end open. */
function shorten(actual: ReturnType<typeof asExpected>, expected: ReturnType<typeof asExpected> | undefined) {
  const message = expected && actual.message.includes(expected.message) ? expected.message : actual.message;
  return { ...actual, message, end: expected?.end === -1 ? -1 : actual.end };
}

/** The files that the first fix changes. */
function fixedFiles(one: SpecCase, findings: readonly Awaited<ReturnType<typeof findingsOf>>[number][]) {
  const code = one.fixed?.code;
  const plan = findings.find((finding) => finding.fixes.length > 0 && (code === undefined || finding.code === code))
    ?.fixes[0];
  if (!plan) return {};
  const changed = applyPlan(one.files, plan);
  return Object.fromEntries(Object.entries(changed).filter(([file, text]) => text !== one.files[file]));
}
