/** What the thread that runs a command is given: of the terminal it knows nothing by itself. */
export interface ProgramData {
  readonly terminal: { readonly isTTY: boolean; readonly columns?: number };
}

/** What that thread tells: text for standard output or error, the exit code, what it evaluates from now on. */
export type FromProgram =
  | { readonly out: string }
  | { readonly note: string }
  | { readonly exit: number }
  | { readonly at: string };
