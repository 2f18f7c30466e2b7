import { createRequire } from "node:module";

const WAYS = /^--(stdio|node-ipc|pipe|socket)(=|$)/;

/** `lsp`: becomes the language server, which lies beside this program as a bundle of its own, and reads the same arguments. */
export async function lsp(): Promise<number> {
  if (!process.argv.some((argument) => WAYS.test(argument))) process.argv.push("--stdio");
  createRequire(import.meta.url)("./server.cjs");
  return 0;
}
