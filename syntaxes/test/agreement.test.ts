import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { Language, type Node, Parser } from "web-tree-sitter";
import { createTokeniser } from "./tokenise.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
await Parser.init({ locateFile: () => createRequire(import.meta.url).resolve("web-tree-sitter/web-tree-sitter.wasm") });
const parser = new Parser();
parser.setLanguage(await Language.load(join(root, "server/grammar/tree-sitter-nix.wasm")));
const tokeniser = await createTokeniser();

/** What the colours must say about a leaf of the syntax tree, by the leaf's type. Types not named here are free. */
const expected: ReadonlyMap<string, RegExp> = new Map([
  ["comment", /comment/],
  ["string_fragment", /string\.quoted|meta\.embedded\.block\.shellscript/],
  ["escape_sequence", /constant\.character\.escape|meta\.embedded\.block\.shellscript/],
  ["path_fragment", /string\.unquoted\.path/],
  ["spath_expression", /string\.unquoted\.path\.lookup/],
  ["uri_expression", /string\.unquoted\.uri/],
  ["integer_expression", /constant\.numeric\.integer/],
  ["float_expression", /constant\.numeric\.float/],
  ["identifier", /variable|entity\.other\.attribute-name|support|constant\.language/],
  ["''", /string\.quoted\.other\.indented/],
  ['"', /string\.quoted\.double/],
  ["=", /keyword\.operator\.assignment/],
  [":", /punctuation\.definition\.function/],
  ["if", /keyword\.control/],
  ["then", /keyword\.control/],
  ["else", /keyword\.control/],
  ["let", /keyword\.control\.let/],
  ["in", /keyword\.control\.in/],
  ["with", /keyword\.other\.with/],
  ["inherit", /keyword\.other\.inherit/],
  ["rec", /storage\.modifier\.rec/],
  ["assert", /keyword\.control\.assert/],
]);

const files = ["examples", "syntaxes"].flatMap((folder) => nixFiles(join(root, folder)));

describe("colours and syntax tree", () => {
  it.each(files.map((file) => [file.slice(root.length), file]))("say the same of %s", (_, file) => {
    const text = readFileSync(file!, "utf8");
    const scopes = scopesByOffset(text);
    const wrong: string[] = [];
    let compared = 0;
    for (const leaf of leaves(parser.parse(text)!.rootNode)) {
      const wanted = expected.get(leaf.type);
      // A fragment may begin with blanks or line ends, which have no colour.
      const start = leaf.startIndex + leaf.text.search(/\S/);
      if (!wanted || leaf.text.trim() === "") continue;
      compared++;
      const found = innermost(scopes[start] ?? []);
      if (!wanted.test(found))
        wrong.push(`line ${leaf.startPosition.row + 1}: ${leaf.type} ${leaf.text.trim().slice(0, 40)} is ${found}`);
    }
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThan(3);
  });
});

/** The scopes since the last interpolation: what surrounds it says nothing about the Nix inside. */
function innermost(scopes: readonly string[]): string {
  return scopes.slice(scopes.lastIndexOf("meta.embedded.expression.nix") + 1).join(" ");
}

function scopesByOffset(text: string): (readonly string[])[] {
  return tokeniser
    .lines(text)
    .flatMap((line) => [...line.flatMap((token) => Array.from({ length: token.text.length }, () => token.scopes)), []]);
}

function leaves(node: Node): Node[] {
  if (node.type === "ERROR") return [];
  return node.childCount === 0 ? [node] : node.children.flatMap((child) => (child ? leaves(child) : []));
}

function nixFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".nix"))
    .map((entry) => join(entry.parentPath, entry.name));
}
