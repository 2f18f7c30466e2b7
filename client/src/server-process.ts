/**
 * How the language server is run: a process of its own, with the Node that VS Code brings. Everything that decides about
 * that process is here.
 */

/** Bundled server, relative to the extension's folder. */
export const serverEntry = "dist/server.cjs";

/** Megabytes. A workspace that needs more than this is better stopped than left to push the machine into swap. */
const heapLimit = 1536;

/**
 * Kilobytes. Evaluating Nix recurses once per nested expression, function call and option, so Node's default of 984 ends
 * long before a real configuration does. The operating system gives the main thread 8192 on Linux and macOS; half of that
 * leaves room for native frames. Windows gives less than this would need, and overrunning it kills the process without a
 * message, so the default stays there.
 */
const stackLimit = 3900;

/** Node options for the server process. */
export function serverFlags(platform: NodeJS.Platform): string[] {
  const heap = `--max-old-space-size=${heapLimit}`;
  return platform === "win32" ? [heap] : [heap, `--stack-size=${stackLimit}`];
}
