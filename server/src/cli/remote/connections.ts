import { Connections } from "../../remote/connections.ts";
import { dropPreparedCall, lookForCall } from "../../remote/run-ssh.ts";
import type { EarlyConnection } from "./early-connection.ts";

let early: EarlyConnection | undefined;
let own: Connections | undefined;

/** Goes on with what was begun before this program was read. */
export function goOnWith(connection: EarlyConnection): void {
  early = connection;
  lookForCall(connection.call);
}

/** What the sessions of this command share. */
export function connections(): Connections {
  own ??= early?.connections ?? new Connections();
  return own;
}

/** Ends what nobody came to use. */
export async function endConnections(): Promise<void> {
  await early?.begun;
  dropPreparedCall();
  await connections().close();
}
