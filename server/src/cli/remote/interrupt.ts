import { writeNote } from "../terminal.ts";

/** Signals that ask a program to end. SIGHUP comes when the terminal is closed. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Until `end` is called, a signal to end aborts `signal`, so that the host's side can clean up. A second one ends this
 * process at once; the host's side then cleans up by itself, because its input ends.
 */
export function untilInterrupted(): { readonly signal: AbortSignal; end(): void } {
  const controller = new AbortController();
  const onSignal = (name: (typeof SIGNALS)[number]) => {
    end();
    writeNote("Cancelling…\n");
    controller.abort(name);
  };
  const end = () => {
    for (const name of SIGNALS) process.removeListener(name, onSignal);
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  return { signal: controller.signal, end };
}
