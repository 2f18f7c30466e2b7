import { spawnSync } from "node:child_process";

/** The real Nix of this machine, as the judge of what we claim about the language. */

/** The value of an expression, through JSON; throws with Nix's message when Nix refuses it. */
export function evalNix(expr: string): unknown {
  const { status, stdout, stderr } = run(["--eval", "--strict", "--json", "-"], expr);
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

/** The values of many expressions in one process. */
export function evalNixAll(exprs: readonly string[]): unknown[] {
  return evalNix(`[\n${exprs.map((expr) => `(${expr}\n)`).join("\n")}\n]`) as unknown[];
}

/** True when Nix parses the text and finds all its variables. */
export function parsesInNix(text: string): boolean {
  return run(["--parse", "-"], text).status === 0;
}

/** What Nix says when it parses the text: nothing when it is content. */
export function nixParseError(text: string): string | undefined {
  const { status, stderr } = run(["--parse", "-"], text);
  return status === 0 ? undefined : stderr;
}

function run(args: readonly string[], input: string): { status: number | null; stdout: string; stderr: string } {
  const options = ["--option", "experimental-features", "nix-command", ...args];
  const result = spawnSync("nix-instantiate", options, { input, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  if (result.error) throw result.error;
  return result;
}
