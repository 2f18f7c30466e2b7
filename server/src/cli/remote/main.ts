import { leaveRunningSsh } from "../../remote/run-ssh.ts";
import { mayNeedConfiguration } from "./configuration-folder.ts";
import { connectEarly, endConnections } from "./early-connection.ts";

/** Runs `remote`. The way to the host is begun before what knows the arguments is set up: that takes as long. */
export async function runRemoteCommand(): Promise<void> {
  const args = process.argv.slice(3);
  const asksForHelp = args.some((arg) => /^(?:-h|--help|-V|--version)$/.test(arg));
  try {
    // The name may be that of a host of the configuration, whose address is not known yet.
    if (!asksForHelp && !mayNeedConfiguration(args)) connectEarly(args);
    const { runRemoteProgram } = await import("./remote-program.ts");
    await runRemoteProgram();
  } finally {
    await endConnections();
    leaveRunningSsh();
  }
}
