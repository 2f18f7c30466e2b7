import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Hover } from "vscode-languageserver/node";
import { LATE_STORE, temporaryFolder, writeFiles } from "../cli/run-cli.ts";
import { codes, pushing, ServerClient, uriOf } from "./server-client.ts";

/** What no editor sends on purpose, and every editor some day. */
const TEXTS: Readonly<Record<string, string>> = {
  nothing: "",
  "opening brackets": "[".repeat(100_000),
  "opening braces": "{a=".repeat(33_000),
  "closing brackets": "]".repeat(100_000),
  parentheses: `${"(".repeat(50_000)}1${")".repeat(50_000)}`,
  "interpolations in each other": '"${'.repeat(30_000),
  "indented strings": "''".repeat(50_001),
  "zero bytes": `{ a = "\0"; \0\0 }`.repeat(100),
  "lone surrogates": `{ a = "\ud83d"; b = "\udcbe"; \ud83d }`,
  "more than a megabyte": `{ a = "${"x".repeat(1_200_000)}"; }`,
  "one long line of definitions": `{ ${"boot.a = 1; ".repeat(5_000)} }`,
  "line ends of all kinds": "{\r a = 1;\n\r b = 2;\r\n\u2028 c = 3;\u0085}",
  "endless recursion": "let f = x: f x; in { networking.hostName = f 1; imports = [ (f 2) ]; }",
  "a file that imports itself": '{ imports = [ ./host.nix ]; networking.hostName = "x"; }',
  "a list that grows for ever": "let l = [ 1 ] ++ l; in { boot.x = l; }",
  "many operators": `{ boot.x = ${"1 + ".repeat(20_000)}1; }`,
  "deep attribute paths": `{ boot${".a".repeat(20_000)} = 1; }`,
  doubling: `let a0 = "x"; ${Array.from({ length: 60 }, (_, i) => `a${i + 1} = a${i} + a${i};`).join(" ")} in { boot.x = a60; }`,
};

describe("a server that is given", () => {
  let folder: string;
  let client: ServerClient;
  let version = 1;
  beforeAll(async () => {
    folder = temporaryFolder();
    writeFiles(folder, { "host.nix": LATE_STORE });
    client = await ServerClient.start([folder], pushing);
    await client.open(join(folder, "host.nix"), LATE_STORE, version);
  });
  afterAll(async () => {
    await client.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(Object.keys(TEXTS))("%s answers, and is well afterwards", async (name) => {
    const file = join(folder, "host.nix");
    const text = TEXTS[name] as string;
    await client.change(file, ++version, [{ text }]);
    const findings = await client.pushed(file, version);
    const lines = text.split(/\r\n|\r|\n/);
    for (const { range } of findings) {
      expect(range.start.line).toBeLessThan(lines.length);
      expect(range.end.line).toBeLessThan(lines.length);
      expect(range.end.character).toBeLessThanOrEqual((lines[range.end.line] as string).length);
    }
    await client.at<Hover>("textDocument/hover", file, { line: 0, character: 5 });
    await client.at("textDocument/definition", file, { line: 9_999, character: 5 });
    await client.change(file, ++version, [{ text: LATE_STORE }]);
    expect(codes(await client.pushed(file, version))).toEqual(["IMP301"]);
  });

  it("documents that are no files, and files that are no Nix", async () => {
    for (const uri of [
      "untitled:Untitled-1",
      "git:/x/host.nix?ref",
      "file:///etc/passwd",
      uriOf(join(folder, "a.txt")),
    ]) {
      await client.connection.sendNotification("textDocument/didOpen", {
        textDocument: { uri, languageId: "nix", version: 1, text: "{ a = " },
      });
      expect(
        await client.request("textDocument/hover", { textDocument: { uri }, position: { line: 0, character: 2 } }),
      ).toBeNull();
    }
    expect([...client.published.keys()]).toEqual([uriOf(join(folder, "host.nix"))]);
  });

  it("requests it does not know, and messages without sense", async () => {
    await expect(client.request("textDocument/nonsense", {})).rejects.toThrow(/Unhandled method/);
    await expect(client.request("textDocument/hover", {})).rejects.toThrow();
    await expect(client.request("impermanence/facts", null)).rejects.toThrow();
    await client.connection.sendNotification("textDocument/didChange", { textDocument: {}, contentChanges: [] });
    await client.change(join(folder, "host.nix"), ++version, [{ text: LATE_STORE }]);
    expect(codes(await client.pushed(join(folder, "host.nix"), version))).toEqual(["IMP301"]);
  });
});
