import type { ProgramData } from "./program-messages.ts";
import type { EarlyConnection } from "./remote/early-connection.ts";
import { runRemoteCommand } from "./remote/main.ts";
import { connectTerminal, type TerminalPort } from "./terminal.ts";

/** What a program in the first thread is given, where nobody else has said whom to tell and what the terminal is. */
export interface Here {
  readonly port: TerminalPort;
  readonly terminal: ProgramData["terminal"];
  /** The way to a host that was begun already. */
  readonly early: EarlyConnection;
}

/** Runs `remote` for hosts of which no configuration can say anything: this program holds nothing that evaluates one. */
export async function run(here?: Here): Promise<void> {
  if (here) connectTerminal(here.port, here.terminal);
  await runRemoteCommand(here?.early);
}
