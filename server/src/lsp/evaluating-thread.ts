import { fileURLToPath } from "node:url";
import { type ResourceLimits, Worker } from "node:worker_threads";
import type { FromThread, ThreadData, ToThread } from "./thread-messages.ts";

/** Megabytes. A workspace that needs more than this is better stopped than left to push the machine into swap. */
const heapLimit = 1536;

const limits: ResourceLimits = {
  maxOldGenerationSizeMb: heapLimit,
  // An evaluation makes many values and throws nearly all of them away: with much room for young ones, few are copied. With
  // four times as much there are fewer collections, but each takes as long as a keystroke may (docs/architecture.md).
  maxYoungGenerationSizeMb: 48,
  // Room for `DEFAULT_MAX_DEPTH` levels several times over. Not more: collecting garbage looks through all of it.
  stackSizeMb: 8,
};

/** A running thread that evaluates. */
export interface EvaluatingThread {
  send(message: ToThread): void;
  /** Ends it, whatever it is doing. */
  end(): void;
}

export interface ThreadEvents {
  onMessage(message: FromThread): void;
  /** Called once, when it has ended by itself or was ended; `why` completes "because". */
  onEnd(why: string): void;
}

/** Starts the bundle that lies beside this one. */
export function startEvaluatingThread(data: ThreadData, events: ThreadEvents): EvaluatingThread {
  return startThread(fileURLToPath(new URL("server-thread.js", import.meta.url)), data, events, limits);
}

/** Starts any file as a thread. */
export function startThread(
  file: string,
  data: ThreadData,
  { onMessage, onEnd }: ThreadEvents,
  resourceLimits: ResourceLimits,
): EvaluatingThread {
  const worker = new Worker(file, { workerData: data, resourceLimits, argv: [], execArgv: [], stdout: true });
  // Standard output belongs to the protocol.
  worker.stdout.pipe(process.stderr, { end: false });
  let why = "the evaluation ended for no known reason";
  worker.on("message", onMessage);
  worker.on("error", (error: NodeJS.ErrnoException) => {
    why =
      error.code === "ERR_WORKER_OUT_OF_MEMORY"
        ? `the evaluation needs more than ${resourceLimits.maxOldGenerationSizeMb} MB of memory`
        : `the evaluation failed (${error.message})`;
  });
  worker.once("exit", () => onEnd(why));
  return {
    send: (message) => worker.postMessage(message),
    end: () => void worker.terminate(),
  };
}
