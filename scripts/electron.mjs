// Runs the tests of test/vscode/suite in the desktop VS Code, which @vscode/test-electron downloads:
//
//   npm run test:electron
//
// test/host brings the same tests to machines that can reach only the npm registry.
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensurePackages } from "./lib/install.mjs";
import { run } from "./lib/process.mjs";
import { root } from "./lib/root.mjs";

await ensurePackages();
const { runTests } = await import("@vscode/test-electron");
const { buildSuite } = await import("./lib/build-suite.mjs");

const build = await run("node", ["scripts/build.mjs"]);
if (build.code !== 0) process.exit(1);
await buildSuite();

// The tests apply fixes, so they get a copy.
const scratch = mkdtempSync(join(tmpdir(), "nix-impermanence-electron-"));
const workspace = join(scratch, "hetzner-vps");
cpSync(join(root, "examples", "hetzner-vps"), workspace, { recursive: true });
try {
  await runTests({
    extensionDevelopmentPath: root,
    extensionTestsPath: join(root, "out", "test", "index.js"),
    launchArgs: [workspace, "--disable-extensions", "--disable-workspace-trust"],
  });
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
