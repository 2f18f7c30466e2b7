// Serves a real VS Code in the browser, with the extension installed and the example host open: `npm run demo`.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ensurePackages } from "./lib/install.mjs";
import { run } from "./lib/process.mjs";
import { root } from "./lib/root.mjs";

if (process.platform !== "linux" || process.arch !== "x64") {
  console.error(
    "The demo brings its own VS Code, for Linux on x64 only. Here, make the VSIX with `npm run package` and install it:\n" +
      "code --install-extension build/nix-impermanence-<version>.vsix",
  );
  process.exit(2);
}

process.chdir(root);
await ensurePackages();
await ensurePackages(join(root, "test", "host"));

const packaging = await run("node", ["scripts/package.mjs"], { show: "nothing" });
if (packaging.code !== 0) {
  console.error(packaging.output);
  process.exit(1);
}
const { importTypeScript } = await import("./lib/typescript.mjs");
const { serveExample } = await importTypeScript("test/vscode/serve-example.ts");
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const address = await serveExample(join(root, "build", `nix-impermanence-${version}.vsix`));

console.log(`
VS Code with the extension and a copy of examples/hetzner-vps:

  ${address}

Open a Nix file, look at the Problems panel (Ctrl+Shift+M), and press Ctrl+. on a squiggle.
Ctrl+C here ends it and removes the copy.`);

// Ending it by Ctrl+C is how it is meant to end.
process.on("exit", () => {
  process.exitCode = 0;
});
setInterval(() => undefined, 2 ** 30);
