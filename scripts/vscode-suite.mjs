// Runs the tests of test/vscode/suite inside a real VS Code window.
//
//   node scripts/vscode-suite.mjs                        in the newest VS Code of test/host
//   node scripts/vscode-suite.mjs --version floor        in the oldest one we support
//   node scripts/vscode-suite.mjs --grep "quick fix"     only tests with this in their name
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildSuite } from "./lib/build-suite.mjs";
import { ensurePackages } from "./lib/install.mjs";
import { root } from "./lib/root.mjs";
import { importTypeScript } from "./lib/typescript.mjs";

const { values: options } = parseArgs({
  options: {
    version: { type: "string", default: "current" },
    grep: { type: "string" },
    report: { type: "string" },
    timeout: { type: "string", default: "300" },
  },
});

process.chdir(root);
if (!existsSync(join(root, "dist", "extension.cjs"))) {
  console.error("The extension is not built: run npm run build first.");
  process.exit(2);
}
await ensurePackages(join(root, "test", "host"));
await buildSuite();
const { runSuite } = await importTypeScript("test/vscode/run-suite.ts");
try {
  const { version, grep } = options;
  const stats = await runSuite({ version, grep, timeoutSeconds: Number(options.timeout) });
  if (options.report) writeFileSync(options.report, JSON.stringify(stats));
  console.log(`${stats.passes} passed, ${stats.failures} failed`);
  process.exitCode = stats.failures > 0 || stats.tests === 0 ? 1 : 0;
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
