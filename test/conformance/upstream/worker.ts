import { stripVTControlCharacters } from "node:util";
import { parentPort, workerData } from "node:worker_threads";
import { toJson } from "../../../server/src/eval/json.ts";
import { NixError } from "../../../server/src/eval/nix-error.ts";
import type { Value } from "../../../server/src/eval/value.ts";
import { runLangSuite } from "./lang-suite.ts";
import { NoAnswer, nixText } from "./nix-text.ts";
import { type Request, Session } from "./session.ts";

/** The evaluator in a thread with a stack as large as Nix has it. */

export type Job =
  /** Evaluates what is asked for in messages until the thread is ended. */
  | { readonly kind: "serve" }
  | { readonly kind: "lang"; readonly folder: string }
  | { readonly kind: "evaluate"; readonly request: Request; readonly json: boolean; readonly strict: boolean };

const { job, wasm } = workerData as { job: Job; wasm: { runtime: string; grammar: string } };
const session = await Session.start(wasm);
if (job.kind === "serve") {
  parentPort?.on("message", (asked: Evaluation) => parentPort?.postMessage(evaluate(asked)));
} else {
  parentPort?.postMessage(job.kind === "lang" ? runLangSuite(session, job.folder) : evaluate(job));
}

type Evaluation = Extract<Job, { kind: "evaluate" }>;

function evaluate(job: Evaluation): { text?: string; error?: string } {
  try {
    const value = session.evaluate(job.request);
    return { text: job.json ? jsonOf(value) : nixText(value) };
  } catch (error) {
    return { error: messageOf(error) };
  }
}

/** The error with its contexts, in words of Nix where scripts look for them. */
function messageOf(error: unknown): string {
  if (error instanceof NoAnswer) return `cannot tell: ${error.message}`;
  if (!(error instanceof NixError)) return String(error);
  const message = error.kind === "recursion" ? "infinite recursion encountered" : error.message;
  const text = [...error.contexts.map((context) => `… ${context}`), `error: ${message}`].join("\n");
  // Colours are for terminals; a script gets none.
  return stripVTControlCharacters(text);
}

function jsonOf(value: Value): string {
  const result = toJson(value);
  if ("unknown" in result) throw result.unknown.error ?? new NoAnswer(result.unknown);
  return JSON.stringify(result.json);
}
