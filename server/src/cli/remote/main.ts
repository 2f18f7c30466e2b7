import { leaveRunningSsh } from "../../remote/run-ssh.ts";
import { endConnections, goOnWith } from "./connections.ts";
import type { EarlyConnection } from "./early-connection.ts";

/** Runs `remote`. `early` is the way to the host, where that was begun already. */
export async function runRemoteCommand(early?: EarlyConnection): Promise<void> {
  if (early) goOnWith(early);
  try {
    const { runRemoteProgram } = await import("./remote-program.ts");
    await runRemoteProgram();
  } finally {
    await endConnections();
    leaveRunningSsh();
  }
}
