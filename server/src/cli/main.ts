import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { printable } from "../report/printable.ts";
import type { FromProgram, ProgramData } from "./program-messages.ts";

/**
 * The process that a person starts. What evaluates Nix runs in a thread, so that a configuration which never ends or
 * takes all memory ends with a message and exit code 2, and not with a hanging terminal or the end of the process.
 */

/** Seconds that one host may take. */
const PATIENCE = 30;
/** Megabytes. */
const heapLimit = 1536;
const FAILURE = 2;
/** Commands that read no configuration. They answer sooner without a thread. */
const PLAIN = new Set(["explain", "rules", "schema", "remote", "lsp", "help"]);
const PLAIN_OPTIONS = new Set(["-h", "--help", "-V", "--version"]);

const program = new URL("cli-program.js", import.meta.url);
const args = process.argv.slice(2);
if (PLAIN.has(args[0] ?? "") || args.some((arg) => PLAIN_OPTIONS.has(arg))) await import(program.href);
else runInThread();

function runInThread(): void {
  const { isTTY = false, columns } = process.stdout;
  const terminal = { isTTY, ...(columns === undefined ? {} : { columns }) };
  const worker = new Worker(fileURLToPath(program), {
    argv: args,
    workerData: { terminal } satisfies ProgramData,
    resourceLimits: { maxOldGenerationSizeMb: heapLimit, maxYoungGenerationSizeMb: 64, stackSizeMb: 8 },
  });
  let at = "the list of hosts";
  let why: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  const watch = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      why = `it did not end within ${PATIENCE} seconds`;
      void worker.terminate();
    }, PATIENCE * 1000);
  };
  watch();
  worker.on("message", (message: FromProgram) => {
    if ("out" in message) process.stdout.write(message.out);
    else if ("note" in message) process.stderr.write(message.note);
    else if ("exit" in message) process.exitCode = message.exit;
    else {
      at = message.at;
      watch();
    }
  });
  worker.on("error", (error: NodeJS.ErrnoException) => {
    const outOfMemory = error.code === "ERR_WORKER_OUT_OF_MEMORY";
    why ??= outOfMemory ? `it needs more than ${heapLimit} MB of memory` : `it failed (${error.stack ?? error})`;
  });
  worker.once("exit", () => {
    clearTimeout(timer);
    if (why === undefined) return;
    const text = `The evaluation of ${at} was stopped, because ${why}. Nothing is said of any host.`;
    process.stderr.write(`nix-impermanence: ${printable(text)}\n`);
    process.exitCode = FAILURE;
  });
}

// A reader that stops early (`| head`) is no failure of ours: the command ends as it would have.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE" && error.code !== "ERR_STREAM_DESTROYED") process.exit(FAILURE);
  });
}
