import { leaveRunningSsh } from "../../remote/run-ssh.ts";
import { endConnections } from "./early-connection.ts";

/** The program of `nix-impermanence remote`: what evaluates Nix is read when a host of a configuration is asked for. */

try {
  const { runRemoteProgram } = await import("./remote-program.ts");
  await runRemoteProgram();
} finally {
  await endConnections();
  leaveRunningSsh();
}
