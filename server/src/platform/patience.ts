/**
 * How often the time by the clock may be what was meant to be computed: on a busy machine, or one that swaps, what ends
 * in good time takes longer. Something that waits for ever, and computes nothing, ends after that.
 */
const AT_MOST = 4;

/**
 * Calls `end` once this process has computed for so many seconds, all of its threads together, and no fewer have passed
 * by the clock; at the latest after four times as many. The returned function takes it back.
 */
export function whenPatienceEnds(seconds: number, end: () => void): () => void {
  const start = performance.now();
  const before = process.cpuUsage();
  let timer: NodeJS.Timeout;
  const wait = (milliseconds: number) => {
    timer = setTimeout(look, milliseconds);
  };
  const look = () => {
    const { user, system } = process.cpuUsage(before);
    const left = Math.min(seconds - (user + system) / 1e6, AT_MOST * seconds - (performance.now() - start) / 1000);
    if (left <= 0) end();
    // No sooner than it could be: two threads compute two seconds in one.
    else wait(Math.max(left * 1000, 20) / 2);
  };
  wait(seconds * 1000);
  return () => clearTimeout(timer);
}
