import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Script } from "node:vm";
import type * as program from "./program-entry.ts";
import type * as remote from "./remote-entry.ts";

/** The program that evaluates configurations, with all commands. */
export function readProgram(): typeof program {
  return read("cli-program.cjs");
}

/** The program for hosts of which no configuration can say anything: a fifth of the other, and read in a third of the time. */
export function readRemoteProgram(): typeof remote {
  return read("cli-remote.cjs");
}

/**
 * Reads a bundle, which lies beside this one. Node reads and compiles modules anew at each start, which for a
 * program of this size takes as long as a small check. So the build runs it and keeps what was compiled
 * (`scripts/lib/compiled-program.mjs`), for the very version of Node that built it. V8 refuses what is not for it; any other Node
 * compiles as ever.
 */
function read<Program>(name: string): Program {
  const file = fileURLToPath(new URL(name, import.meta.url));
  const cachedData = compiledAhead(file);
  // The bundle is ASCII, and a function as Node makes it of any CommonJS module (`scripts/build.mjs`).
  const script = new Script(readFileSync(file, "latin1"), { filename: file, ...(cachedData && { cachedData }) });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(file), module, file, path.dirname(file));
  return module.exports as Program;
}

function compiledAhead(file: string): Buffer | undefined {
  try {
    return readFileSync(`${file}.${process.version}-${process.platform}-${process.arch}`);
  } catch {
    return undefined;
  }
}
