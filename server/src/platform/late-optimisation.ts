import { setFlagsFromString } from "node:v8";

/**
 * How much a function has to run before V8 spends time on making it fast, some twelve times what is usual, by the major
 * version of Node. V8 writes to standard error about a flag that it does not know, so only versions on which this was
 * tried are named. Node 24 is not: its middle compiler does well by itself.
 */
const FLAGS: Readonly<Record<string, string>> = {
  "20": "--interrupt-budget=800000 --wasm-tiering-budget=13000000",
  "22": "--invocation-count-for-turbofan=36000",
};

/**
 * Lets all threads optimise late from now on. A check is over in about a second and runs most of its code a few times only:
 * compiling that again and again, as more of it is seen, took a third of all processor time.
 *
 * To be called when a thread has started and read its program: Node has its own modules compiled ahead, and V8 compiles them
 * anew when its flags are no longer those of then.
 */
export function optimiseLate(): void {
  const flag = FLAGS[process.versions.node.split(".")[0] ?? ""];
  if (flag) setFlagsFromString(flag);
}
