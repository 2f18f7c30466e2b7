import { hearInterrupts, writeNote } from "../terminal.ts";

/** Until `end` is called, the first signal to end the program aborts `signal`, so that the host's side can clean up. */
export function untilInterrupted(): { readonly signal: AbortSignal; end(): void } {
  const controller = new AbortController();
  const end = hearInterrupts((name) => {
    writeNote("Cancelling…\n");
    controller.abort(name);
  });
  return { signal: controller.signal, end };
}
