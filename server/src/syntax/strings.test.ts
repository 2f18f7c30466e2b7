// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the strings are Nix code.
import { describe, expect, it } from "vitest";
import { testParser } from "../testing/load-parser.ts";
import { evalNixAll } from "../testing/nix-instantiate.ts";
import type { StringExpr } from "./expr.ts";

const parser = await testParser();

/** `x` is known to the literals below; what it holds must not matter to indentation. */
const known: Readonly<Record<string, string>> = { x: "  X\n Y" };

const doubles = [
  '""',
  '"a"',
  '"a b"',
  '"\\n\\r\\t"',
  '"\\\\ \\" \\$"',
  '"\\${x}"',
  '"$${x}"',
  '"$$${x}"',
  '"$$$${x}"',
  '"$"',
  '"$$"',
  '"a$"',
  '"${x}$"',
  '"\\a\\b\\q\\0"',
  '"\\\n"',
  '"line\nnext"',
  '"crlf\r\nnext"',
  '"cr\rnext"',
  '"\\\r\nnext"',
  '"${x}${x}"',
  '"a${x}b${x}c"',
  '"${"in${x}ner"}"',
  '"ä€😀${x}ö"',
  '"# no comment /* none */"',
  '"//a|>b, }"',
  '"\\\\${x}"',
  '"\\\\\\${x}"',
  '"\\\\n"',
  '"{${x}}"',
  '"\t"',
];

const indented = [
  "''''",
  "''a''",
  "''  a''",
  "''\n''",
  "''\n  a\n''",
  "''\n  a\n  ''",
  "''\n    a\n  b\n      c\n  ''",
  "''  \n    a\n    b''",
  "''\n\n\n   a\n\n   b\n\n''",
  "''\n  a\n \n  b\n''",
  "''\n  a\n          \n  b\n''",
  "''\n\ta\n\tb\n''",
  "''\n  \ta\n  b\n''",
  "''\n  ${x}\n  b\n''",
  "''\n    ${x}\n  b\n''",
  "''\n  b\n    ${x}''",
  "''\n  b\n    ${x}\n''",
  "''\n  b\n    ${x}  \n''",
  "''\n  b ${x}\n    c\n''",
  "''${x}\n  b\n''",
  "''   ${x}\n     b\n''",
  "''\n  ''${x}\n    b''",
  "''\n  '''\n    b''",
  "''\n  ''\\n  b\n  c''",
  "''\n    ''\\n    b\n    c''",
  "''\n    ''\\tb\n    ''\\\\c\n''",
  "''a''\\${x}b''",
  "''$${x} $$${x}''",
  "''$''",
  "''a$''",
  "''$$''",
  "''$'x' ''",
  "''a'b''",
  "''' a''",
  "'''a'''''",
  "'''${x}'${x}''",
  "''\n  '${x}'\n    c''",
  "''\n    $\n  b''",
  "''\n  $'a'\n   b''",
  "''\n  a ''$ b\n''",
  "''a\n    b\n  c''",
  "''  a\n    b''",
  "''\n  a\r\n  b\r\n''",
  "''\n  \\n \\${x} \" \\\"\n''",
  "''\n  a\n    ''",
  "''\n  a\n\t''",
  "''   ''",
  "''\n   ''",
  "''\n   \n  ''",
  "''\n  if [ $a = '${x}' ]; then\n    echo \"$b\" ''${c}\n  fi\n''",
  "''\n  ä${x}\n    €\n  ''",
  "''\n  a\n ''\\ b\n''",
  "''\n   ''\\ b\n   c''",
];

function literal(text: string): StringExpr {
  const { root, problems } = parser.parse("/s.nix", text).program;
  expect(problems).toEqual([]);
  if (root.kind !== "string") throw new Error(`${text} is a ${root.kind}`);
  return root;
}

function decoded(string: StringExpr): string {
  return string.parts
    .map((part) => {
      if (part.kind === "chunk") return part.text;
      if (part.kind === "var") return known[part.name]!;
      if (part.kind === "string") return decoded(part);
      throw new Error(`unexpected ${part.kind}`);
    })
    .join("");
}

describe("string literals", () => {
  it("have the value that Nix gives them", () => {
    const all = [...doubles, ...indented];
    expect(all.length).toBeGreaterThanOrEqual(80);
    const expected = evalNixAll(all.map((text) => `let x = ${JSON.stringify(known.x)}; in ${text}`));
    expect(all.map((text) => [text, decoded(literal(text))])).toEqual(all.map((text, at) => [text, expected[at]]));
  });

  it("map every plain character to its place in the source", () => {
    for (const text of [...doubles, ...indented]) {
      let last = 0;
      for (const part of literal(text).parts) {
        expect(part.start).toBeGreaterThanOrEqual(last);
        last = part.end;
        if (part.kind === "chunk" && part.text.length === part.end - part.start) {
          const source = text.slice(part.start, part.end);
          if (!source.includes("\r") && !source.startsWith("'''")) expect(part.text).toBe(source);
        }
      }
    }
  });

  it("leave stripped indentation out of every chunk", () => {
    const text = "''\n    one\n      two ''$ ${x}\n  ''";
    expect(literal(text).parts.map(({ start, end, kind }) => [kind, start, end, text.slice(start, end)])).toEqual([
      ["chunk", 7, 11, "one\n"],
      ["chunk", 15, 21, "  two "],
      ["chunk", 21, 24, "''$"],
      ["chunk", 24, 25, " "],
      ["var", 27, 28, "x"],
      ["chunk", 29, 30, "\n"],
    ]);
  });
});
