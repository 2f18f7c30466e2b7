import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as esbuild from "esbuild";
import { root } from "./root.mjs";

/** Compiles the tests that run inside VS Code to out/test/, as CommonJS: that is what an extension host loads. */
export async function buildSuite() {
  const out = join(root, "out", "test");
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, "package.json"), '{ "type": "commonjs" }\n');
  const suite = "test/vscode/suite";
  const files = readdirSync(join(root, suite)).filter((name) => name.endsWith(".test.ts"));
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: [
      { in: "test/vscode/suite-entry.ts", out: "index" },
      ...files.map((name) => ({ in: `${suite}/${name}`, out: `suite/${name.replace(/\.ts$/, "")}` })),
    ],
    outdir: out,
    bundle: true,
    packages: "external",
    platform: "node",
    format: "cjs",
    target: "node20",
    sourcemap: "inline",
    logLevel: "warning",
  });
}
