/** A part of a text, in UTF-16 offsets, and what stands there afterwards. */
export interface ChangedRange {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The whole lines in which two texts differ, from the first to the last of them. */
export function changedRange(before: string, after: string): ChangedRange {
  const old = before.split(/(?<=\n)/);
  const next = after.split(/(?<=\n)/);
  let head = 0;
  while (head < old.length && head < next.length && old[head] === next[head]) head++;
  let tail = 0;
  while (
    tail < old.length - head &&
    tail < next.length - head &&
    old[old.length - 1 - tail] === next[next.length - 1 - tail]
  ) {
    tail++;
  }
  const length = (lines: readonly string[]) => lines.join("").length;
  return {
    start: length(old.slice(0, head)),
    end: before.length - length(old.slice(old.length - tail)),
    text: next.slice(head, next.length - tail).join(""),
  };
}
