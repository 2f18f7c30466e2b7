import { parentPort, workerData } from "node:worker_threads";
import type { FromProgram, ProgramData } from "./program-messages.ts";

/** Writes to standard output. */
export function write(text: string): void {
  if (!tell({ out: text })) process.stdout.write(text);
}

/** Writes to standard error: what is no part of the result. */
export function writeNote(text: string): void {
  if (!tell({ note: text })) process.stderr.write(text);
}

/** Says with which code the process shall end. */
export function exitWith(code: number): void {
  if (!tell({ exit: code })) process.exitCode = code;
}

/** Says what is evaluated from now on, for whoever watches that it ends. */
export function announce(at: string): void {
  tell({ at });
}

/** NO_COLOR and FORCE_COLOR decide; else colours are for terminals. */
export function useColor(): boolean {
  const { NO_COLOR, FORCE_COLOR } = process.env;
  if (NO_COLOR !== undefined && NO_COLOR !== "") return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== "") return FORCE_COLOR !== "0";
  return terminal().isTTY === true && process.env.TERM !== "dumb";
}

export function terminalWidth(): number {
  return terminal().columns ?? 100;
}

function terminal(): { readonly isTTY?: boolean; readonly columns?: number | undefined } {
  return parentPort ? (workerData as ProgramData).terminal : process.stdout;
}

/** Answers whether there is a main thread to tell. */
function tell(message: FromProgram): boolean {
  parentPort?.postMessage(message);
  return parentPort !== null;
}
