/** `lsp`: becomes the language server, which lies beside this program as a bundle of its own. */
export async function lsp(): Promise<number> {
  if (!process.argv.includes("--stdio")) process.argv.push("--stdio");
  await import(new URL("server.cjs", import.meta.url).href);
  return 0;
}
