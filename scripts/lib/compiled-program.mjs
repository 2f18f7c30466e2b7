// Keeps what V8 compiled of the command line program, so that it need not be compiled at each start.
//
// The program is run first: what it calls is compiled by then, and is kept as well.
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { Script } from "node:vm";
import { isMainThread, Worker, workerData } from "node:worker_threads";
import { root } from "./root.mjs";

const example = join(root, "examples/hetzner-vps");

/** @type {Record<string, string[][]>} Commands that make a program call what most people's commands call. */
const COMMANDS = {
  "cli-program.cjs": [
    ["check", example],
    ["check", example, "--format", "json"],
  ],
  // No host is asked: where no ssh is found, the command ends as soon as all is set up.
  "cli-remote.cjs": [
    ["remote", "diff", "nobody@host.invalid"],
    ["remote", "status", "nobody@host.invalid"],
  ],
};

/** The bundles whose code is kept, see `server/src/cli/read-program.ts`. */
export const COMPILED = Object.keys(COMMANDS);

/**
 * Writes what was compiled of `file` beside it, under a name that only this version of Node on this kind of machine looks for.
 *
 * @param {string} file the function of a CommonJS module, ASCII
 */
export async function writeCompiled(file) {
  const empty = mkdtempSync(join(tmpdir(), "nix-impermanence-build-"));
  try {
    const to = `${file}.${process.version}-${process.platform}-${process.arch}`;
    // What evaluates Nix needs a stack that only a thread can be given.
    const worker = new Worker(fileURLToPath(import.meta.url), {
      workerData: {
        file,
        to,
        commands: COMMANDS[basename(file)],
        terminal: { isTTY: false, hasPerson: false },
        stopped: [],
      },
      env: { ...process.env, PATH: empty },
      resourceLimits: { stackSizeMb: 8 },
    });
    await new Promise((resolve, reject) => worker.on("error", reject).on("exit", resolve));
  } finally {
    rmSync(empty, { recursive: true });
  }
}

async function compile() {
  const { file, to, commands } = workerData;
  const script = new Script(readFileSync(file, "latin1"), { filename: file });
  const required = createRequire(file);
  // V8 takes compiled code only under the flags it was made with. The program changes them when it has been read.
  const requireWithoutFlags = (/** @type {string} */ name) =>
    name === "node:v8" ? { ...required(name), setFlagsFromString() {} } : required(name);
  setFlagsFromString("--no-flush-bytecode");
  for (const command of commands) {
    const module = { exports: {} };
    process.argv.splice(2, Number.POSITIVE_INFINITY, ...command);
    script.runInThisContext()(module.exports, requireWithoutFlags, module, file, dirname(file));
    await module.exports.run();
  }
  setFlagsFromString("--flush-bytecode");
  // V8 does not look whether every byte is right: half a file must not be found under this name.
  writeFileSync(`${to}.new`, script.createCachedData());
  renameSync(`${to}.new`, to);
}

if (!isMainThread && workerData?.to) await compile();
