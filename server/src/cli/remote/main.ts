import { isMainThread } from "node:worker_threads";
import { leaveRunningSsh } from "../../remote/run-ssh.ts";
import { connectEarly, endConnections } from "./early-connection.ts";

/** The program of `nix-impermanence remote`: what evaluates Nix is read when a host of a configuration is asked for. */

// In a thread the name may be that of a host of the configuration, whose address is not known yet.
const early = isMainThread && !process.argv.some((arg) => /^(?:-h|--help|-V|--version)$/.test(arg));
const connecting = early ? connectEarly(process.argv.slice(3)) : undefined;
try {
  const { runRemoteProgram } = await import("./remote-program.ts");
  await runRemoteProgram();
} finally {
  await connecting;
  await endConnections();
  leaveRunningSsh();
}
