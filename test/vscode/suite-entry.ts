// What VS Code calls in its extension host when a window was opened for tests: by test/vscode/run-suite.ts, or by
// @vscode/test-electron. An extension host has no terminal, so with TEST_REPORT in the environment mocha's lines go to
// that file, and its counts to the same name with `.json`.
import { appendFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "node:util";

export async function run(): Promise<void> {
  // Mocha is an ES module and this file is not: extension hosts load tests by `require`.
  const { default: Mocha } = await import("mocha");
  const report = process.env.TEST_REPORT;
  if (report) {
    Mocha.reporters.Base.consoleLog = (...args: unknown[]) => appendFileSync(report, `${format(...args)}\n`);
  }
  const mocha = new Mocha({
    ui: "bdd",
    timeout: 20_000,
    color: false,
    forbidOnly: Boolean(process.env.CI),
    ...(process.env.TEST_GREP ? { grep: process.env.TEST_GREP } : {}),
  });
  const suite = join(__dirname, "suite");
  for (const file of readdirSync(suite).sort()) {
    if (file.endsWith(".test.js")) mocha.addFile(join(suite, file));
  }
  const stats = await new Promise<Mocha.Stats | undefined>((resolve) => {
    const runner = mocha.run(() => resolve(runner.stats));
  });
  if (report) writeFileSync(`${report}.json`, JSON.stringify(stats));
  if (!stats || stats.tests === 0) throw new Error("No test ran.");
  if (stats.failures > 0) throw new Error(`${stats.failures} of ${stats.tests} tests failed.`);
}
