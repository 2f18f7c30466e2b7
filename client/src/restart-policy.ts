/** What to do after the server died. `delay` is in milliseconds. */
export type RestartDecision =
  | { readonly restart: true; readonly delay: number; readonly crashes: number }
  | { readonly restart: false; readonly crashes: number };

/** Crashes older than this no longer count. */
const memory = 3 * 60_000;
/** Waiting time before the first, second, … restart. One crash more than there are entries ends the attempts. */
const delays = [500, 2_000, 8_000, 20_000];

/**
 * Decides whether a server that died is started again, and when. A server that dies once is back before anyone notices;
 * one that dies again and again (a broken installation, a file it cannot take) must not burn the processor.
 */
export class RestartPolicy {
  private crashes: number[] = [];

  /** @param now milliseconds, from any clock that only goes forward */
  afterCrash(now: number): RestartDecision {
    this.crashes = [...this.crashes.filter((time) => now - time < memory), now];
    const crashes = this.crashes.length;
    const delay = delays[crashes - 1];
    return delay === undefined ? { restart: false, crashes } : { restart: true, delay, crashes };
  }

  /** Forgets the crashes: the user asked for a new start. */
  reset(): void {
    this.crashes = [];
  }
}
