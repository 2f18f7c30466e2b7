import { EventEmitter } from "node:events";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { printable } from "../report/printable.ts";
import type { FromProgram, ProgramData, ToProgram } from "./program-messages.ts";
import { askPerson, type Question } from "./question.ts";
import { mayNeedConfiguration } from "./remote/configuration-folder.ts";
import { connectTerminal } from "./terminal.ts";

/**
 * The process that a person starts. What evaluates Nix runs in a thread, so that a configuration which never ends or
 * takes all memory ends with a message and exit code 2, and not with a hanging terminal or the end of the process. A
 * host that is asked without its configuration is asked from here: the start of a thread would take longer than all else.
 */

/** Seconds that one host may take. */
const PATIENCE = 30;
/** Megabytes. */
const heapLimit = 1536;
const FAILURE = 2;
/** As shells say of a program that Ctrl-C ended. */
const CANCELLED = 130;
/** Commands that read no configuration. They answer sooner without a thread. */
const PLAIN = new Set(["explain", "rules", "schema", "lsp", "help"]);
const PLAIN_OPTIONS = new Set(["-h", "--help", "-V", "--version"]);

const args = process.argv.slice(2);
const isRemote = args[0] === "remote";
const program = new URL(isRemote ? "cli-remote.js" : "cli-program.js", import.meta.url);
const { isTTY = false, columns } = process.stdout;
const hasPerson = process.stdin.isTTY === true;
const terminal = { isTTY, hasPerson, ...(columns === undefined ? {} : { columns }) };
function runInThread(): void {
  const worker = new Worker(fileURLToPath(program), {
    argv: args,
    workerData: { terminal } satisfies ProgramData,
    resourceLimits: { maxOldGenerationSizeMb: heapLimit, maxYoungGenerationSizeMb: 64, stackSizeMb: 8 },
  });
  let at = "what was asked for";
  let why: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  const watch = (what: string | null) => {
    clearTimeout(timer);
    timer = undefined;
    if (what === null) return;
    at = what;
    timer = setTimeout(() => {
      why = `it did not end within ${PATIENCE} seconds`;
      void worker.terminate();
    }, PATIENCE * 1000);
  };
  watch(at);
  const tell = (message: ToProgram) => worker.postMessage(message);
  if (isRemote) forwardSignals(tell, () => timer !== undefined);
  worker.on("message", listener(tell, watch));
  worker.on("error", (error: NodeJS.ErrnoException) => {
    const outOfMemory = error.code === "ERR_WORKER_OUT_OF_MEMORY";
    why ??= outOfMemory ? `it needs more than ${heapLimit} MB of memory` : `it failed (${error.stack ?? error})`;
  });
  worker.once("exit", () => {
    clearTimeout(timer);
    progress("");
    if (why === undefined) return;
    const hint = isRemote ? " With a user or as ssh://NAME, a host is reached without its configuration." : "";
    const text = `The evaluation of ${at} was stopped, because ${why}. Nothing is said of any host.${hint}`;
    process.stderr.write(`nix-impermanence: ${printable(text)}\n`);
    process.exitCode = FAILURE;
  });
}

async function runHere(): Promise<void> {
  const told = new EventEmitter();
  const tell = (message: ToProgram) => void told.emit("message", message);
  connectTerminal(Object.assign(told, { postMessage: listener(tell, () => {}) }), terminal);
  // Until the command listens, there is nothing to clean up.
  forwardSignals(tell, () => told.listenerCount("message") === 0);
  process.on("uncaughtException", (error) => {
    process.stderr.write(`nix-impermanence: ${printable(`internal error: ${error.stack ?? error}`)}\n`);
    process.exit(FAILURE);
  });
  await import(program.href);
  progress("");
}

/** Does what the program says: `tell` answers it, `watch` hears what it evaluates. */
function listener(tell: (message: ToProgram) => void, watch: (what: string | null) => void) {
  let question: Question | undefined;
  return (message: FromProgram) => {
    if (!("exit" in message) && !("at" in message)) progress("progress" in message ? message.progress : "");
    if ("out" in message) process.stdout.write(message.out);
    else if ("note" in message) process.stderr.write(message.note);
    else if ("progress" in message) return;
    else if ("exit" in message) process.exitCode = message.exit;
    else if ("at" in message) watch(message.at);
    else if ("unask" in message) question?.end();
    else {
      question = askPerson(message.ask, message.hidden, () => process.emit("SIGINT"));
      void question.answer.then((answer) => tell({ answer }));
    }
  };
}

/**
 * The first signal to end is for the program, which lets the host clean up. A second one, or one while a value is computed
 * and nothing can be heard, ends everything at once; the host then cleans up by itself, because its input ends.
 */
function forwardSignals(tell: (message: ToProgram) => void, isBusy: () => boolean): void {
  let signals = 0;
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(name, () => {
      if (isBusy() || signals++ > 0) process.exit(CANCELLED);
      tell({ interrupt: name });
    });
  }
}

let shown = "";

/** One line on the terminal that the next one, or what is printed, takes the place of. */
function progress(text: string): void {
  if (!process.stderr.isTTY || text === shown) return;
  shown = text;
  const room = (process.stderr.columns ?? 80) - 1;
  process.stderr.write(`\r\u001b[K${text.length > room ? `${text.slice(0, room - 1)}…` : text}`);
}

// A reader that stops early (`| head`) is no failure of ours: the command ends as it would have.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE" && error.code !== "ERR_STREAM_DESTROYED") process.exit(FAILURE);
  });
}

if (PLAIN.has(args[0] ?? "") || args.some((arg) => PLAIN_OPTIONS.has(arg))) await import(program.href);
else if (isRemote && !mayNeedConfiguration(args.slice(1))) await runHere();
else runInThread();
