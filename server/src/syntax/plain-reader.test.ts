// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the strings are Nix code.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadTestParser } from "../testing/load-parser.ts";
import { sampleFiles } from "../testing/sample-files.ts";
import { readPlain } from "./plain-reader.ts";

const trees = await loadTestParser({ readsPlain: false });

/** Each is read without a tree. */
const snippets = [
  "1",
  "1.5e3",
  "a",
  "a.b.c or d.e",
  'a."b c".${d}."e${f}"',
  "a ? b.c && !d ? e",
  "-a - -b * c / d + e",
  "a ++ b ++ c // d // e",
  "a == b -> c != d || e <= f && !g -> h",
  "!a + b == c",
  "f (x) [ y z ] { } a.b 1",
  "(((a))) (b)",
  "a |> b |> c (d)",
  "a <| b <| c -> d",
  "x: y: x",
  "{ }: 1",
  "{ a, b ? a, ... }: b",
  "{ a, b, }@args: args",
  "args@{ ... }: args",
  "let a = 1; inherit (b) c d; inherit e; in a",
  "rec { a.b = 1; a.c = 2; inherit (x.y) z; }.a.b",
  "with a; assert b; if c then d else if e then f else g",
  '"a\\n\\${b}$${c}$${d}$" + "\\r\n"',
  "''\n  a ''${b} '''  $$ ${c}\n    d\n  ''\\n'x\n''",
  "./a ../b/${c}/d-${e}f.nix /g ~/${h} <nixpkgs/lib> a/b http://x.org/y?z=%20 x:y",
  "a.b/c (d)./e",
  "# one\n/* two */ { /* three */ a /* four */ = 1; } # five\r\n",
  "[ 1 2.0 (-3) a.b (c d) ./e ]",
  "f { inherit a; } (x: x) // { }",
];

/** Texts that are another thing than they seem, or no Nix. */
const others = [
  "a/ b",
  "./a/",
  "{ a }",
  "{ a = 1; a = 2; }",
  "let or = 1; in or",
  "a == b == c",
  "if.x",
  '"${',
  "''",
  "~x/y",
];

function byTree(text: string) {
  const { root, comments, problems } = trees.parse("/file.nix", text).program;
  return problems.length > 0 ? undefined : { root, comments };
}

describe("a text without a mistake", () => {
  it.each(snippets)("%j is read as its tree says", (text) => {
    const read = readPlain(text);
    expect(read).toBeDefined();
    expect(read).toEqual(byTree(text));
  });

  it.each(sampleFiles.map((text, index) => [index, text] as const))("sample %i is, too", (_, text) => {
    expect(readPlain(text)).toEqual(byTree(text));
  });
});

describe("any text", () => {
  it("is read as its tree says or not at all", () => {
    const piece = fc.oneof(
      fc.constantFrom(...snippets, ...others),
      fc.constantFrom(
        " ",
        "\n",
        ".",
        "/",
        "-",
        "+",
        "(",
        ")",
        "{",
        "}",
        '"',
        "''",
        "${",
        "or",
        "in",
        "?",
        ":",
        "@",
        ",",
        "=",
        ";",
      ),
    );
    let plain = 0;
    const holds = (text: string) => {
      const read = readPlain(text);
      if (read) plain++;
      if (read) expect(read, text).toEqual(byTree(text));
    };
    for (const text of others) holds(text);
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 4 }), fc.constantFrom("", " "), (parts, between) =>
        holds(parts.join(between)),
      ),
      { numRuns: 1500 },
    );
    const change = fc.record({ at: fc.nat(), remove: fc.nat(6), insert: piece });
    fc.assert(
      fc.property(fc.constantFrom(...sampleFiles), change, (sample, { at, remove, insert }) => {
        const start = at % (sample.length + 1);
        holds(sample.slice(0, start) + insert + sample.slice(start + remove));
      }),
      { numRuns: 150 },
    );
    expect(plain).toBeGreaterThan(200);
  }, 60_000);
});
