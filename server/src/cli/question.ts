import { createInterface } from "node:readline";
import { Writable } from "node:stream";

/** A question that waits for its line. */
export interface Question {
  /** Null when the input ends, or nobody is there. */
  readonly answer: Promise<string | null>;
  /** Takes the question back. */
  end(): void;
}

/**
 * Asks on the terminal that standard input is; the text goes to standard error, as standard output is for results.
 * `onInterrupt` hears Ctrl-C, which does not become a signal while a line is read.
 */
export function askPerson(text: string, hidden: boolean, onInterrupt: () => void): Question {
  if (!process.stdin.isTTY) return { answer: Promise.resolve(null), end: () => {} };
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  // Readline shows what is typed by itself; hidden lines are shown nowhere.
  const reader = createInterface({
    input: process.stdin,
    output: hidden ? nowhere : process.stderr,
    terminal: true,
    historySize: 0,
  });
  if (hidden) process.stderr.write(text);
  const answer = new Promise<string | null>((resolve) => {
    let line: string | null = null;
    reader.question(hidden ? "" : text, (typed) => {
      line = typed;
      reader.close();
    });
    reader.on("SIGINT", onInterrupt);
    reader.on("close", () => {
      if (hidden || line === null) process.stderr.write("\n");
      resolve(line);
    });
  });
  return { answer, end: () => reader.close() };
}
