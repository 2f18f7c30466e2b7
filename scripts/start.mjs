// What a newcomer runs first: installs, builds, checks the example host and says where to go on.
import { ensurePackages } from "./lib/install.mjs";
import { run } from "./lib/process.mjs";

const EXAMPLE = "examples/hetzner-vps";
const FINDINGS = 1;

await ensurePackages();

const build = await run("node", ["scripts/build.mjs"], { show: "nothing" });
if (build.code !== 0) {
  console.error(build.output);
  process.exit(1);
}

console.log(`\n$ nix-impermanence check ${EXAMPLE}\n`);
const check = await run("node", ["dist/cli.js", "check", EXAMPLE, "--format", "pretty"], { show: "terminal" });
// The example is a host with real mistakes: findings are what it is there for.
if (check.code > FINDINGS) {
  console.error(`\nThe checker itself failed (exit code ${check.code}).`);
  process.exit(check.code);
}

console.log(`
These are the findings on ${EXAMPLE}. The same ones, with quick fixes, in an editor:

  npm run demo       opens VS Code in your browser with the extension and this example
  npm run package    makes build/nix-impermanence-<version>.vsix
                     then: code --install-extension build/nix-impermanence-<version>.vsix

On your own host:    node dist/cli.js check /etc/nixos
About one finding:   node dist/cli.js explain IMP101`);
