import { parentPort, workerData } from "node:worker_threads";
import type { FromProgram, ProgramData, ToProgram } from "./program-messages.ts";

/** Who is between this program and the person. */
export interface TerminalPort {
  postMessage(message: FromProgram): void;
  on(event: "message", listener: (message: ToProgram) => void): unknown;
  off(event: "message", listener: (message: ToProgram) => void): unknown;
}

/** The thread that started this one; null where there is none and nobody said `connectTerminal`. */
let port: TerminalPort | null = parentPort;
let known = (workerData as ProgramData | null)?.terminal;

/** For a program in the first thread: who is to be told, and what the terminal is. */
export function connectTerminal(own: TerminalPort, terminal: ProgramData["terminal"]): void {
  port = own;
  known = terminal;
}

/** Writes to standard output. */
export function write(text: string): void {
  if (!tell({ out: text })) process.stdout.write(text);
}

/** Writes to standard error: what is no part of the result. */
export function writeNote(text: string): void {
  if (!tell({ note: text })) process.stderr.write(text);
}

/** Says what is being done, to a person who waits at a terminal; "" takes that away again. One line. */
export function showProgress(text: string): void {
  tell({ progress: text });
}

/** Says with which code the process shall end. */
export function exitWith(code: number): void {
  if (!tell({ exit: code })) process.exitCode = code;
}

/**
 * Says what is evaluated from now on, for whoever watches that it ends; null when nothing is. `host` is the key of one
 * without which the rest can go on.
 */
export function announce(at: string | null, host?: string): void {
  tell(host === undefined ? { at } : { at, host });
}

/**
 * Asks the person at the terminal for a line; `hidden` ones are not shown while they are typed. Null when there is
 * nobody to ask, or the signal says that nobody wants to know any more.
 */
export async function ask(question: string, hidden: boolean, signal: AbortSignal): Promise<string | null> {
  const earlier = asked;
  const answer = earlier.then(() => askNow(question, hidden, signal));
  asked = answer.catch(() => {});
  return answer;
}

/** The last question; hosts that are asked side by side wait for each other. */
let asked: Promise<unknown> = Promise.resolve();

function askNow(question: string, hidden: boolean, signal: AbortSignal): Promise<string | null> {
  const asker = port;
  if (!asker || signal.aborted) return Promise.resolve(null);
  return new Promise((resolve) => {
    const done = (answer: string | null) => {
      asker.off("message", onMessage);
      signal.removeEventListener("abort", onAbort);
      resolve(answer);
    };
    const onMessage = (message: ToProgram) => "answer" in message && done(message.answer);
    const onAbort = () => {
      tell({ unask: true });
      done(null);
    };
    asker.on("message", onMessage);
    signal.addEventListener("abort", onAbort, { once: true });
    tell({ ask: question, hidden });
  });
}

/** Until the answer is called, `onSignal` hears every signal that asks the program to end. */
export function hearInterrupts(onSignal: (name: string) => void): () => void {
  const onMessage = (message: ToProgram) => "interrupt" in message && onSignal(message.interrupt);
  port?.on("message", onMessage);
  return () => port?.off("message", onMessage);
}

/** NO_COLOR and FORCE_COLOR decide; else colours are for terminals. */
export function useColor(): boolean {
  const { NO_COLOR, FORCE_COLOR } = process.env;
  if (NO_COLOR !== undefined && NO_COLOR !== "") return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== "") return FORCE_COLOR !== "0";
  return terminal().isTTY === true && process.env.TERM !== "dumb";
}

/** Whether there is somebody at a terminal to ask. */
export function hasPerson(): boolean {
  return known?.hasPerson === true;
}

export function terminalWidth(): number {
  return terminal().columns ?? 100;
}

function terminal(): { readonly isTTY?: boolean; readonly columns?: number | undefined } {
  return known ?? process.stdout;
}

/** Answers whether there is somebody to tell. */
function tell(message: FromProgram): boolean {
  port?.postMessage(message);
  return port !== null;
}
