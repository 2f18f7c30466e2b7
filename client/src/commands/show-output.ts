import type { Command } from "./command.ts";

/** Opens the log. */
export const showOutput: Command = ({ log }) => log.show(true);
