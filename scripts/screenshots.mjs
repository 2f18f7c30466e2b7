// Takes the pictures of docs/images anew, in the VS Code of the test host with the packaged extension.
//
// Those of live hosts need a host with ssh and btrfs: run it as root.
//
//   npm run package && node scripts/screenshots.mjs
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./lib/root.mjs";
import { importTypeScript } from "./lib/typescript.mjs";

process.chdir(root);
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const vsix = join(root, "build", `nix-impermanence-${version}.vsix`);
if (!existsSync(vsix)) {
  console.error("There is no VSIX: run npm run package first.");
  process.exit(2);
}
const { takeScreenshots } = await importTypeScript("test/docs/take-screenshots.ts");
await takeScreenshots(vsix, join(root, "docs", "images"));
const { takeHostScreenshots } = await importTypeScript("test/docs/take-host-screenshots.ts");
await takeHostScreenshots(vsix, join(root, "docs", "images"));
process.exit(0);
