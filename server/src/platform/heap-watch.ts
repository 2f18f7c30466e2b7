import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { budget } from "../eval/budget.ts";

/** The part of the memory at which it is looked closer, and the part that may be in use after collecting garbage. */
const FULL = 0.6;
const IN_USE = 0.45;

/**
 * Lets evaluation in this thread stop before its memory is gone; without this the whole thread would be lost, with all
 * that was known of other hosts.
 *
 * @param limit megabytes that the thread may have for values that live on
 */
export function watchHeap(limit: number): void {
  const used = () => getHeapStatistics().used_heap_size / 2 ** 20 / limit;
  let collect: (() => void) | undefined;
  budget.exhausted = () => {
    if (used() < FULL) return undefined;
    collect ??= garbageCollector();
    collect();
    return used() < IN_USE ? undefined : "the evaluation takes too much memory";
  };
}

/** Without collecting, what another host has left behind would count. */
function garbageCollector(): () => void {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
}
