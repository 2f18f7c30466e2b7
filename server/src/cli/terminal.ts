/** Writes to standard output. */
export function write(text: string): void {
  process.stdout.write(text);
}

/** Writes to standard error: what is no part of the result. */
export function writeNote(text: string): void {
  process.stderr.write(text);
}

/** NO_COLOR and FORCE_COLOR decide; else colours are for terminals. */
export function useColor(): boolean {
  const { NO_COLOR, FORCE_COLOR } = process.env;
  if (NO_COLOR !== undefined && NO_COLOR !== "") return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== "") return FORCE_COLOR !== "0";
  return process.stdout.isTTY === true && process.env.TERM !== "dumb";
}

export function terminalWidth(): number {
  return process.stdout.columns ?? 100;
}
