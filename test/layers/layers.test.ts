import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const config = join(root, ".dependency-cruiser.cjs");
const depcruise = join(root, "node_modules/dependency-cruiser/bin/dependency-cruise.mjs");

const thing = "export const thing = 1;";
const uses = (path: string) => `import { thing } from "${path}";\nexport const user = thing;`;

/** What is wrong, the rule that says so, the file at fault, and what it holds. */
const FAULTS: [what: string, rule: string, file: string, text: string][] = [
  ["an earlier layer", "syntax-imports-only-earlier-layers", "server/src/syntax/a.ts", uses("../eval/thing.ts")],
  [
    "evaluation that knows NixOS",
    "eval-imports-only-earlier-layers",
    "server/src/eval/b.ts",
    uses("../modules/thing.ts"),
  ],
  ["edits that know rules", "edits-imports-only-earlier-layers", "server/src/edits/c.ts", uses("../rules/thing.ts")],
  ["rules that know features", "rules-imports-only-earlier-layers", "server/src/rules/d.ts", uses("../ide/thing.ts")],
  [
    "the server using the command line",
    "lsp-imports-only-earlier-layers",
    "server/src/lsp/e.ts",
    uses("../cli/thing.ts"),
  ],
  ["the command line using the server", "lsp-and-cli-are-apart", "server/src/cli/f.ts", uses("../lsp/thing.ts")],
  ["IO in the core", "core-does-no-io", "server/src/host/g.ts", 'export { readFileSync } from "node:fs";'],
  ["IO beside the send stream", "core-does-no-io", "server/src/btrfs/t.ts", 'export { readFileSync } from "node:fs";'],
  ["the core on a platform", "core-knows-no-platform", "server/src/eval/h.ts", uses("../platform/thing.ts")],
  ["a test helper that ships", "test-helpers-only-in-tests", "server/src/ide/i.ts", uses("../testing/thing.ts")],
  ["a rule using a rule", "rules-are-independent", "server/src/rules/stores/j.ts", uses("../mounts/other.ts")],
  ["VS Code in the server", "vscode-only-in-client", "server/src/lsp/k.ts", 'export { Uri } from "vscode";'],
  [
    "VS Code's types in the server",
    "vscode-only-in-client",
    "server/src/lsp/l.ts",
    'import type { Uri } from "vscode";\nexport type Place = Uri;',
  ],
  [
    "protocol types below the protocol layer",
    "language-server-protocol-only-in-lsp",
    "server/src/ide/m.ts",
    'import type { Diagnostic } from "vscode-languageserver/node";\nexport type Found = Diagnostic;',
  ],
  [
    "arguments parsed elsewhere",
    "argument-parser-only-in-cli",
    "server/src/report/n.ts",
    'export { Command } from "commander";',
  ],
  ["analysis in the client", "client-holds-no-analysis", "client/src/o.ts", uses("../../server/src/host/thing.ts")],
  ["the client in the server", "server-knows-no-client", "server/src/lsp/p.ts", uses("../../../client/src/thing.ts")],
  [
    "one side of a circle",
    "no-cycles",
    "server/src/eval/q.ts",
    'import { r } from "./r.ts";\nexport const q = () => r;',
  ],
  ["a module that is not there", "imports-are-there", "server/src/eval/s.ts", uses("./nothing.ts")],
];

/** What the layers allow, and what the faults above import. */
const ALLOWED: Record<string, string> = {
  ...Object.fromEntries(
    ["eval", "modules", "rules", "ide", "cli", "lsp", "platform", "testing", "host", "edits"].map((folder) => [
      `server/src/${folder}/thing.ts`,
      thing,
    ]),
  ),
  // The other side of the circle, which is reported once.
  "server/src/eval/r.ts": 'import { q } from "./q.ts";\nexport const r = () => q;',
  "client/src/thing.ts": thing,
  "client/src/z.ts": `${uses("../../server/src/protocol.ts")}\nexport { Uri } from "vscode";`,
  "server/src/protocol.ts": thing,
  "server/src/rules/mounts/other.ts": uses("../../edits/thing.ts"),
  "server/src/rules/mounts/other.test.ts": 'import "node:fs";\nimport "../../testing/thing.ts";',
  "server/src/rules/mounts/other.md": "# A rule has a page",
  "server/src/rules/stores/j.md": "# So this one is a rule too",
  "server/src/rules/stores/helper.ts": thing,
  "server/src/rules/mounts/y.ts": uses("../stores/helper.ts"),
  "server/src/rules/mounts/y.md": "# A rule may use what is not a rule",
  "server/src/lsp/x.ts": 'export { createConnection } from "vscode-languageserver/node";',
  "server/src/cli/w.ts": 'export { Command } from "commander";\nexport { readFileSync } from "node:fs";',
};

describe("the layers that are enforced", () => {
  let found: string[];
  const folder = mkdtempSync(join(tmpdir(), "layers-"));
  beforeAll(() => {
    found = violations(folder, { ...ALLOWED, ...Object.fromEntries(FAULTS.map(([, , file, text]) => [file, text])) });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(FAULTS)("find %s", (_what, rule, file) => {
    expect(found).toContain(`${rule}: ${file}`);
  });

  it("find nothing else", () => {
    expect(found).toEqual(FAULTS.map(([, rule, file]) => `${rule}: ${file}`).sort());
  });
});

/** Which rule each file of a tree breaks, as `rule: file`, sorted. */
function violations(folder: string, files: Record<string, string>): string[] {
  for (const name of ["node_modules", "package.json", "tsconfig.json"]) {
    symlinkSync(join(root, name), join(folder, name));
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const args = [depcruise, "--config", config, "--output-type", "json", "client", "server"];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
  if (!stdout) throw new Error(stderr);
  const { summary } = JSON.parse(stdout) as { summary: { violations: { rule: { name: string }; from: string }[] } };
  return [...new Set(summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`))].sort();
}
