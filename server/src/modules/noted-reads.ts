import type { PathSet } from "./path-set.ts";

/** Where readers of a host are noted to have been; nowhere when nobody wants to know. */
export const noted: {
  /** The options that are asked for in what is being worked out now, each with all below it. */
  reads: PathSet | undefined;
} = { reads: undefined };

/** Works something out and notes what it asks of the configuration. What was worked out around it is noted elsewhere. */
export function noting<T>(reads: PathSet | undefined, work: () => T): T {
  const outer = noted.reads;
  noted.reads = reads;
  try {
    return work();
  } finally {
    noted.reads = outer;
  }
}
