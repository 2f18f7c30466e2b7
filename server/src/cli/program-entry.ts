import type { ProgramData } from "./program-messages.ts";
import { connectTerminal, type TerminalPort } from "./terminal.ts";

/**
 * Runs the command that the arguments ask for. `here` is for the first thread, where nobody else has said whom to tell and
 * what the terminal is.
 */
export async function run(here?: { port: TerminalPort; terminal: ProgramData["terminal"] }): Promise<void> {
  if (here) connectTerminal(here.port, here.terminal);
  if (process.argv[2] === "remote") await (await import("./remote/main.ts")).runRemoteCommand();
  else await (await import("./program.ts")).runLocalCommand();
}
