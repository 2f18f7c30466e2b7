import { EventEmitter } from "node:events";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { whenPatienceEnds } from "../platform/patience.ts";
import { printable } from "../report/printable.ts";
import type { FromProgram, ProgramData, StoppedHost, ToProgram } from "./program-messages.ts";
import type { Question } from "./question.ts";
import { readProgram, readRemoteProgram } from "./read-program.ts";
import { mayNeedConfiguration } from "./remote/configuration-folder.ts";
import { connectEarly } from "./remote/early-connection.ts";

/**
 * The process that a person starts. What evaluates Nix runs in a thread, so that a configuration which never ends or
 * takes all memory ends with a message and exit code 2, and not with a hanging terminal or the end of the process. A
 * host that is asked without its configuration is asked from here: the start of a thread would take longer than all else.
 */

/** Seconds of computing that one host may take. */
const PATIENCE = 30;
/** Megabytes. */
const heapLimit = 1536;
/** Hosts that a command goes on without. Where more have to be stopped, it is no fault of a single one. */
const MOST_STOPPED = 3;
const FAILURE = 2;
/** As shells say of a program that Ctrl-C ended. */
const CANCELLED = 130;
/** Commands that read no configuration. They answer sooner without a thread. */
const PLAIN = new Set(["explain", "rules", "schema", "lsp", "help"]);
const PLAIN_OPTIONS = new Set(["-h", "--help", "-V", "--version"]);

const args = process.argv.slice(2);
const isRemote = args[0] === "remote";
const { isTTY = false, columns } = process.stdout;
const hasPerson = process.stdin.isTTY === true;
const terminal = { isTTY, hasPerson, ...(columns === undefined ? {} : { columns }) };

/** Runs what the arguments ask for. */
export async function runCommand(): Promise<void> {
  bearClosedPipes();
  const isPlain = PLAIN.has(args[0] ?? "") || args.some((arg) => PLAIN_OPTIONS.has(arg));
  if (isPlain) await readProgram().run();
  else if (isRemote && !mayNeedConfiguration(args.slice(1))) await runHere();
  else runInThread([]);
}

/**
 * Runs the command in a thread. One that has to be stopped at a host, before it has said anything, is followed by one
 * that leaves this host alone: what is known of the others is told all the same, and the command ends as a failure.
 */
function runInThread(stopped: readonly StoppedHost[]): void {
  const worker = new Worker(fileURLToPath(import.meta.url), {
    argv: args,
    workerData: { terminal, stopped } satisfies ProgramData,
    resourceLimits: { maxOldGenerationSizeMb: heapLimit, maxYoungGenerationSizeMb: 64, stackSizeMb: 8 },
  });
  let at = "what was asked for";
  let host: string | undefined;
  let hasSpoken = false;
  let why: string | undefined;
  let calmDown: (() => void) | undefined;
  const watch = (what: string | null, key?: string) => {
    calmDown?.();
    calmDown = undefined;
    host = key;
    if (what === null) return;
    at = what;
    calmDown = whenPatienceEnds(PATIENCE, () => {
      why = `it did not end within ${PATIENCE} seconds`;
      void worker.terminate();
    });
  };
  watch(at);
  const tell = (message: ToProgram) => worker.postMessage(message);
  if (isRemote) forwardSignals(tell, () => calmDown !== undefined);
  const listen = listener(tell, watch);
  worker.on("message", (message: FromProgram) => {
    hasSpoken ||= "out" in message || "note" in message || "ask" in message;
    listen(message);
  });
  worker.on("error", (error: NodeJS.ErrnoException) => {
    const outOfMemory = error.code === "ERR_WORKER_OUT_OF_MEMORY";
    why ??= outOfMemory ? `it needs more than ${heapLimit} MB of memory` : `it failed (${error.stack ?? error})`;
  });
  worker.once("exit", () => {
    calmDown?.();
    progress("");
    if (why === undefined) {
      for (const one of stopped) tellStopped(one.at, one.why, " Nothing is said of this host.");
    } else if (host !== undefined && !hasSpoken && stopped.length < MOST_STOPPED) {
      runInThread([...stopped, { key: host, at, why }]);
    } else {
      const hint = isRemote ? " With a user or as ssh://NAME, a host is reached without its configuration." : "";
      tellStopped(at, why, ` Nothing is said of any host.${hint}`);
    }
  });
}

function tellStopped(at: string, why: string, rest: string): void {
  process.stderr.write(
    `nix-impermanence: ${printable(`The evaluation of ${at} was stopped, because ${why}.${rest}`)}\n`,
  );
  process.exitCode = FAILURE;
}

async function runHere(): Promise<void> {
  const told = new EventEmitter();
  const tell = (message: ToProgram) => void told.emit("message", message);
  const port = Object.assign(told, { postMessage: listener(tell, () => {}) });
  // Until the command listens, there is nothing to clean up.
  forwardSignals(tell, () => told.listenerCount("message") === 0);
  process.on("uncaughtException", (error) => {
    process.stderr.write(`nix-impermanence: ${printable(`internal error: ${error.stack ?? error}`)}\n`);
    process.exit(FAILURE);
  });
  const early = connectEarly(args.slice(1));
  await readRemoteProgram().run({ port, terminal, early });
  progress("");
}

/** Does what the program says: `tell` answers it, `watch` hears what it evaluates. */
function listener(tell: (message: ToProgram) => void, watch: (what: string | null, host?: string) => void) {
  let question: Promise<Question> | undefined;
  return (message: FromProgram) => {
    if (!("exit" in message) && !("at" in message)) progress("progress" in message ? message.progress : "");
    if ("out" in message) process.stdout.write(message.out);
    else if ("note" in message) process.stderr.write(message.note);
    else if ("progress" in message) return;
    else if ("exit" in message) process.exitCode = message.exit;
    else if ("at" in message) watch(message.at, message.host);
    else if ("unask" in message) void question?.then((asked) => asked.end());
    else {
      question = ask(message.ask, message.hidden);
      void question.then(({ answer }) => answer).then((answer) => tell({ answer }));
    }
  };
}

/** Most commands ask nothing: what can is read when it has to. */
async function ask(text: string, hidden: boolean): Promise<Question> {
  const { askPerson } = await import("./question.ts");
  return askPerson(text, hidden, () => process.emit("SIGINT"));
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

/** A reader that stops early (`| head`) is no failure of ours: the command ends as it would have. */
function bearClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE" || error.code === "ERR_STREAM_DESTROYED") return;
      if (stream === process.stdout)
        process.stderr.write(`nix-impermanence: what was found cannot be written (${error.code}).\n`);
      process.exit(FAILURE);
    });
  }
}
