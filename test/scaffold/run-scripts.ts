import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { inSandbox } from "../evidence/sandbox.ts";

const prelude = readFileSync(new URL("boots.sh", import.meta.url), "utf8");
const scripts = fileURLToPath(new URL("../../server/scaffold/scripts", import.meta.url));

/** Runs a bash script in a sandbox where boots.sh was read, and returns what it handed over. */
export function onServer(script: string, ...args: readonly string[]): Readonly<Record<string, string>> {
  return inSandbox(`${prelude}\nshift\n${script}`, scripts, ...args);
}
