import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { combinePlans } from "../edits/combine-plans.ts";
import type { FixPlan } from "../edits/fix-plan.ts";
import { random, randomHost } from "../testing/random-host.ts";
import { applyPlan, type Files, findingsOf } from "../testing/spec-check.ts";
import { parseSpec } from "../testing/spec-file.ts";
import { nixParseErrors } from "../testing/spec-nix.ts";
import { parseProgram } from "../testing/spec-program.ts";
import type { Finding } from "./rule.ts";

/*
 * What a person does in an editor: some fixes, in some order, with a new analysis after each. The choices come from
 * a generator with a seed, so that a failure can be repeated.
 */

const rules = fileURLToPath(new URL(".", import.meta.url));
const examples = fileURLToPath(new URL("../../../examples/", import.meta.url));
const texts = new Set<string>();

const specs = (readdirSync(rules, { recursive: true }) as string[]).filter((path) => path.endsWith(".spec.md")).sort();

describe.each(specs)("%s", (spec) => {
  const cases = parseSpec(readFileSync(rules + spec, "utf8"));
  it("stays sound after any fixes in any order", { timeout: 60_000 }, async () => {
    for (const [index, { files, title }] of cases.entries()) {
      for (const seed of [1, 2, 3]) await walk(files, `${title}, seed ${seed}`, random(seed * 1000 + index), 6);
    }
  });
});

it.each(["hetzner-vps", "juni"])(
  "examples/%s stays sound after any fixes in any order",
  { timeout: 240_000 },
  async (name) => {
    const files: Record<string, string> = {};
    for (const path of readdirSync(examples + name, { recursive: true, encoding: "utf8" })) {
      if (path.endsWith(".nix")) files[`/${name}/${path}`] = readFileSync(`${examples}${name}/${path}`, "utf8");
    }
    for (const seed of [1, 2, 3]) await walk(files, `seed ${seed}`, random(seed), 14);
  },
);

it("hosts of random parts stay sound after any fixes in any order", { timeout: 240_000 }, async () => {
  for (let seed = 1; seed <= 40; seed++) {
    const next = random(seed * 7919);
    await walk(randomHost(next), `random host ${seed}`, next, 10);
  }
});

it("Nix parses every file on the way", () => {
  expect(texts.size).toBeGreaterThan(100);
  expect(nixParseErrors([...texts])).toBeUndefined();
});

/** Applies up to `steps` fixes, or several at once, each chosen among all that are on offer then. */
async function walk(files: Files, name: string, next: () => number, steps: number): Promise<void> {
  let current = files;
  let findings = await findingsOf(files);
  const gone = new Set<string>();
  for (let step = 0; step < steps; step++) {
    const offers = findings.flatMap((finding) =>
      finding.fixes.filter(({ safety }) => safety === "safe").map((plan) => ({ finding, plan })),
    );
    if (offers.length === 0) return;
    const chosen = shuffled(offers, next).slice(0, next() < 0.7 ? 1 : 1 + Math.floor(next() * offers.length));
    const { applied, edits } = combinePlans(chosen.map(({ plan }) => plan));
    const fixed = chosen.filter(({ plan }) => applied.includes(plan)).map(({ finding }) => finding);
    const label = `${name}, step ${step}: ${applied.map(({ title }: FixPlan) => title).join("; ")}`;
    current = applyPlan(current, { edits });
    for (const file of edits.keys()) {
      texts.add(current[file] ?? "");
      expect((await parseProgram(current[file] ?? "")).problems, `${label} leaves ${file} parsing`).toEqual([]);
    }
    const after = await findingsOf(current);
    for (const finding of fixed) {
      // Of several at once, one may put in what another takes out elsewhere; the next step then has it.
      if (applied.length > 1 && count(after, finding) >= count(findings, finding)) continue;
      expect(count(after, finding), `${label} fixes ${finding.code} "${finding.message}"`).toBeLessThan(
        count(findings, finding),
      );
      if (count(after, finding) === 0) gone.add(keyOf(finding));
    }
    const back = after.filter((finding) => gone.has(keyOf(finding))).map(keyOf);
    expect(back, `${label} brings nothing back`).toEqual([]);
    const errors = (list: readonly Finding[]) =>
      new Set(list.filter(({ severity }) => severity === "error").map(keyOf));
    const before = errors(findings);
    expect(
      [...errors(after)].filter((key) => !before.has(key)),
      `${label} makes no new error`,
    ).toEqual([]);
    findings = after;
  }
}

function keyOf({ code, message }: Finding): string {
  return `${code} ${message}`;
}

function count(findings: readonly Finding[], finding: Finding): number {
  return findings.filter((other) => keyOf(other) === keyOf(finding)).length;
}

function shuffled<T>(list: readonly T[], next: () => number): T[] {
  return list
    .map((item) => ({ item, key: next() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
