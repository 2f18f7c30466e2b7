import { createRequire } from "node:module";

/** `lsp`: becomes the language server, which lies beside this program as a bundle of its own. */
export async function lsp(): Promise<number> {
  if (!process.argv.includes("--stdio")) process.argv.push("--stdio");
  createRequire(import.meta.url)("./server.cjs");
  return 0;
}
