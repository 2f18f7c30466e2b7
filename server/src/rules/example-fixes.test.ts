import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { expectProperties, findingsOf, fixAll } from "../testing/spec-check.ts";
import { nixParseErrors } from "../testing/spec-nix.ts";

const examples = fileURLToPath(new URL("../../../examples/", import.meta.url));

/** The Nix files of an example, as the analysis sees them. */
function readExample(name: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const path of readdirSync(examples + name, { recursive: true, encoding: "utf8" })) {
    if (path.endsWith(".nix")) files[`/${name}/${path}`] = readFileSync(`${examples}${name}/${path}`, "utf8");
  }
  return files;
}

describe("the fixes of examples/hetzner-vps", () => {
  it("each make their finding go, and leave files that Nix parses", { timeout: 120_000 }, async () => {
    const texts = await expectProperties(readExample("hetzner-vps"));
    expect(texts.length).toBeGreaterThan(20);
    expect(nixParseErrors([...new Set(texts)])).toBeUndefined();
  });

  it("all together leave only what needs a person", { timeout: 60_000 }, async () => {
    const before = await findingsOf(readExample("hetzner-vps"));
    const after = await findingsOf(await fixAll(readExample("hetzner-vps")));
    const codes = (findings: typeof after) => new Set(findings.map(({ code }) => code));
    for (const gone of ["IMP010", "IMP101", "IMP201", "IMP202", "IMP401", "IMP402", "IMP403", "IMP601", "IMP701"]) {
      expect(codes(before)).toContain(gone);
      expect(codes(after)).not.toContain(gone);
    }
    // Nobody but the author can say how the root shall be wiped.
    expect(codes(after)).toContain("IMP501");
  });
});
