import type { Command } from "./command.ts";

/** Ends the server and starts it anew; also the way back after it was given up. */
export const restartServer: Command = ({ server }) => server.restart();
