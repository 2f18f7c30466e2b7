/** What the thread that runs a command is given: of the terminal it knows nothing by itself. */
export interface ProgramData {
  readonly terminal: { readonly isTTY: boolean; readonly columns?: number; readonly hasPerson: boolean };
  /** Hosts that earlier threads of this command were stopped at, with the reason. They are left alone. */
  readonly stopped: readonly StoppedHost[];
}

/** A host whose evaluation had to be stopped from outside. */
export interface StoppedHost {
  readonly key: string;
  /** Its name and entry, for people. */
  readonly at: string;
  readonly why: string;
}

/** What that thread tells. */
export type FromProgram =
  /** Text for standard output or error. */
  | { readonly out: string }
  | { readonly note: string }
  /** The exit code. */
  | { readonly exit: number }
  /**
   * What it evaluates from now on, or null when it waits for something else: then nothing has to end soon. With `host`,
   * the rest can go on without it.
   */
  | { readonly at: string | null; readonly host?: string }
  /** What is being done, for a person who waits; "" when it is over. */
  | { readonly progress: string }
  /** A question to the person at the terminal. One at a time. */
  | { readonly ask: string; readonly hidden: boolean }
  /** The question is of no interest any more. */
  | { readonly unask: true };

/** What the thread is told. */
export type ToProgram =
  /** The line that was typed, or null when there is nobody to ask. */
  | { readonly answer: string | null }
  /** A signal asks the program to end. */
  | { readonly interrupt: string };
