import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Script } from "node:vm";
import type * as entry from "./program-entry.ts";

/** What the bundle of the program exports. */
type Program = typeof entry;

/**
 * Reads the bundle of the program, which lies beside this one. Node reads and compiles modules anew at each start, which for a
 * program of this size takes as long as a small check. So the build runs it and keeps what was compiled
 * (`scripts/lib/compiled-program.mjs`), for the very version of Node that built it. V8 refuses what is not for it; any other Node
 * compiles as ever.
 */
export function readProgram(): Program {
  const file = fileURLToPath(new URL("cli-program.cjs", import.meta.url));
  const cachedData = compiledAhead(file);
  // The bundle is ASCII, and a function as Node makes it of any CommonJS module (`scripts/build.mjs`).
  const script = new Script(readFileSync(file, "latin1"), { filename: file, ...(cachedData && { cachedData }) });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(file), module, file, path.dirname(file));
  return module.exports as Program;
}

/** What is asked of hosts calls little of what a check calls, and reading what was compiled takes its time, too. */
function compiledAhead(file: string): Buffer | undefined {
  const kind = process.argv[2] === "remote" ? "remote" : "local";
  try {
    return readFileSync(`${file}.${kind}-${process.version}-${process.platform}-${process.arch}`);
  } catch {
    return undefined;
  }
}
