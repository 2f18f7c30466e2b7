// Builds server/grammar/tree-sitter-nix.wasm from the C sources in npm's tree-sitter-nix, which ships no wasm file.
//
//   node scripts/build-grammar.mjs            writes the file
//   node scripts/build-grammar.mjs --check    builds beside it and fails when the committed file differs
//
// Needs clang, lld and wasi-libc (Debian 12: apt-get install clang lld wasi-libc).
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "./lib/root.mjs";

const { values: options } = parseArgs({ options: { check: { type: "boolean", default: false } } });
const target = join(root, "server/grammar/tree-sitter-nix.wasm");
const packageFolder = join(root, "node_modules/tree-sitter-nix");

const folder = mkdtempSync(join(tmpdir(), "nix-grammar-"));
try {
  const built = join(folder, "tree-sitter-nix.wasm");
  compile(built);
  if (options.check) compare(built);
  else {
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(built, target);
    console.log(`Wrote ${target} (${readFileSync(target).length} bytes).`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Compiles the parser and its scanner into one position independent wasm library. */
function compile(output) {
  if (!existsSync(packageFolder)) fail("node_modules/tree-sitter-nix is missing: run `npm ci` first.");
  // The emscripten target is not used for emscripten itself: with wasm32-wasi clang 14 ignores -fPIC and the link fails.
  const flags = [
    "--target=wasm32-unknown-emscripten",
    "-Os",
    "-fPIC",
    "-fvisibility=hidden",
    "-Isrc",
    "-isystem/usr/include/wasm32-wasi",
    "-nostdlib",
    "-Wl,-shared",
    "-Wl,--experimental-pic",
    "-Wl,--export=tree_sitter_nix",
    "-Wl,--allow-undefined",
    "-Wl,--no-entry",
    "-Wl,--strip-debug",
  ];
  const sources = ["src/parser.c", "src/scanner.c"];
  // Relative paths and the package's folder as the working folder keep the bytes the same on every machine.
  const run = spawnSync("clang", [...flags, ...sources, "-o", output], { cwd: packageFolder, encoding: "utf8" });
  if (run.error) fail(`clang cannot be started (${run.error.message}). Install clang, lld and wasi-libc.`);
  const complaints = (run.stderr ?? "")
    .split("\n")
    .filter((line) => line !== "" && !line.includes("creating shared libraries, with -shared, is not yet stable"));
  if (complaints.length > 0) console.error(complaints.join("\n"));
  if (run.status !== 0) fail("clang could not build the grammar; its message is above.");
}

function compare(built) {
  if (!existsSync(target)) fail(`${target} does not exist: run \`node scripts/build-grammar.mjs\` and commit it.`);
  const fresh = readFileSync(built);
  const committed = readFileSync(target);
  if (!fresh.equals(committed)) {
    fail(
      `${target} is not what its sources build (${committed.length} bytes committed, ${fresh.length} bytes built). ` +
        "Run `node scripts/build-grammar.mjs` and commit the result.",
    );
  }
  console.log(`${target} is what its sources build (${fresh.length} bytes).`);
}

function fail(message) {
  console.error(message);
  rmSync(folder, { recursive: true, force: true });
  process.exit(1);
}
