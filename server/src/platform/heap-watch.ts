import { getHeapStatistics } from "node:v8";
import { budget } from "../eval/value.ts";

/**
 * How much of the memory a thread may have is left to values. Above that the one that is being computed is given up,
 * which frees it; without this the whole thread would be lost, with all that was known of other hosts.
 */
const SHARE = 0.6;

/**
 * Lets evaluation in this thread stop before its memory is gone.
 *
 * @param limit megabytes that the thread may have for values that live on
 */
export function watchHeap(limit: number): void {
  const most = limit * SHARE * 2 ** 20;
  budget.exhausted = () =>
    getHeapStatistics().used_heap_size > most ? "the evaluation takes too much memory" : undefined;
}
