/** Writes to standard output. */
export function write(text: string): void {
  process.stdout.write(text);
}

/** NO_COLOR and FORCE_COLOR decide; else colours are for terminals. */
export function useColor(): boolean {
  const { NO_COLOR, FORCE_COLOR } = process.env;
  if (NO_COLOR !== undefined && NO_COLOR !== "") return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== "0") return true;
  return process.stdout.isTTY === true && process.env["TERM"] !== "dumb";
}

export function terminalWidth(): number {
  return process.stdout.columns ?? 100;
}
