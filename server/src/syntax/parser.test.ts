// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the strings are Nix code.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { testParser } from "../testing/load-parser.ts";
import { sampleFiles } from "../testing/sample-files.ts";
import type { ParsedFile } from "./parser.ts";

const parser = await testParser();

function parse(text: string): ParsedFile["program"] {
  const parsed = parser.parse("/file.nix", text);
  parsed.dispose();
  return parsed.program;
}

const snippet = fc.oneof(
  fc.constantFrom(
    "",
    " ",
    "\n",
    ";",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    '"',
    "''",
    "${",
    "'",
    "$",
    "\\",
    ",",
    ", }",
    ".",
    "=",
  ),
  fc.constantFrom(
    "#",
    "/*",
    "*/",
    "|>",
    "<|",
    "->",
    "++",
    "a = 1;",
    "inherit x;",
    "let",
    "in",
    "x: ",
    "{ a, }: ",
    "é😀",
  ),
  fc.string({ maxLength: 6 }),
);
const edit = fc.record({ at: fc.nat(), remove: fc.oneof(fc.constant(0), fc.nat(12)), insert: snippet });

function apply(text: string, { at, remove, insert }: { at: number; remove: number; insert: string }): string {
  const start = at % (text.length + 1);
  return text.slice(0, start) + insert + text.slice(start + remove);
}

describe("the sample files", () => {
  it.each(sampleFiles.map((text, index) => [index, text] as const))("%i parses without a problem", (_, text) => {
    expect(parse(text).problems).toEqual([]);
  });
});

describe("incremental parsing", () => {
  it("equals a parse from scratch, whatever is typed", () => {
    fc.assert(
      fc.property(fc.constantFrom(...sampleFiles), fc.array(edit, { minLength: 1, maxLength: 8 }), (sample, edits) => {
        let text = sample;
        let parsed = parser.parse("/file.nix", text);
        for (const step of edits) {
          text = apply(text, step);
          parsed = parser.parse("/file.nix", text, parsed);
          expect(parsed.program).toEqual(parse(text));
        }
        parsed.dispose();
      }),
      { numRuns: 300 },
    );
  }, 120_000);

  it("equals a parse from scratch when a broken file is mended again", () => {
    for (const sample of sampleFiles) {
      let parsed = parser.parse("/file.nix", sample);
      for (let at = 0; at < sample.length; at += 97) {
        parsed = parser.parse("/file.nix", `${sample.slice(0, at)}"{${sample.slice(at)}`, parsed);
        parsed = parser.parse("/file.nix", sample, parsed);
        expect(parsed.program).toEqual(parse(sample));
      }
      parsed.dispose();
    }
  });

  it("frees the trees of 10,000 edits", () => {
    let text = sampleFiles[0]!.slice(0, 1500);
    let parsed = parser.parse("/file.nix", text);
    let afterWarmUp = 0;
    for (let round = 0; round < 10_000; round++) {
      const at = (round * 7919) % text.length;
      text = text.slice(0, at) + (text[at] === " " ? "\n" : text[at]) + text.slice(at + 1);
      parsed = parser.parse("/file.nix", round % 3 === 0 ? text : `${text} `, parsed);
      if (round === 2000) afterWarmUp = process.memoryUsage().rss;
    }
    parsed.dispose();
    const grown = (process.memoryUsage().rss - afterWarmUp) / 1024 / 1024;
    // A tree of this file takes some 100 KB of wasm memory: 8,000 lost ones would take 800 MB.
    expect(grown).toBeLessThan(120);
  }, 120_000);

  it("takes a file whose tree was let go", () => {
    const parsed = parser.parse("/file.nix", "{ a = 1; }");
    parsed.dispose();
    parsed.dispose();
    expect(parser.parse("/file.nix", "{ a = 2; }", parsed).program).toEqual(parse("{ a = 2; }"));
  });
});

describe("hostile input", () => {
  it("2,000 mutated files never throw, and keep every range inside the file", () => {
    let unreadable = 0;
    let broken = 0;
    fc.assert(
      fc.property(fc.constantFrom(...sampleFiles), fc.array(edit, { minLength: 1, maxLength: 4 }), (sample, edits) => {
        const text = edits.reduce(apply, sample);
        const { root, problems } = parse(text);
        if (problems.length > 0) broken++;
        if (root.kind === "error" && root.message === "This file cannot be parsed.") unreadable++;
        for (const problem of problems) {
          expect(problem.message).not.toBe("");
          expect(problem.start).toBeGreaterThanOrEqual(0);
          expect(problem.end).toBeGreaterThanOrEqual(problem.start);
          expect(problem.end).toBeLessThanOrEqual(text.length);
        }
        if (root.kind === "error") expect(problems.length).toBeGreaterThan(0);
      }),
      { numRuns: 2000 },
    );
    console.info(`${broken} of 2000 mutated files are broken, ${unreadable} cannot be read at all`);
    expect(unreadable).toBeLessThan(broken / 50);
  }, 120_000);

  it.each([
    "(",
    "[",
    "{ a = ",
    "x: ",
    '"${',
    "''${",
    "a.b (",
    "-",
    "!",
    "if a then b else ",
    "let a = 1; in ",
    "a ++ ",
    "a + ",
    "f ",
  ])(
    "50,000 times %j neither throws nor takes long",
    (part) => {
      const start = performance.now();
      for (const text of [part.repeat(50_000), `${part.repeat(50_000)}x${")".repeat(50_000)}`]) {
        expect(parse(text.slice(0, 1_000_000)).problems.length).toBeGreaterThan(0);
      }
      expect(performance.now() - start).toBeLessThan(15_000);
    },
    40_000,
  );

  it("nested too deeply is told", () => {
    const { problems } = parse(`${"(".repeat(50_000)}1${")".repeat(50_000)}`);
    expect(problems).toHaveLength(1);
    expect(problems[0]!.message).toBe("This is nested too deeply to be read.");
    expect(parse(`${"(".repeat(1000)}1${")".repeat(1000)}`).problems).toEqual([]);
  });

  it("refuses what is too large or no text", () => {
    const large = parse(`{ a = "${"x".repeat(1024 * 1024)}"; }`);
    expect(large.root.kind).toBe("error");
    expect(large.problems.map(({ message }) => message)).toEqual([expect.stringContaining("too large")]);
    const binary = parse("\0\u0001\ufffd\ufffd");
    expect(binary.problems.map(({ message }) => message)).toEqual([expect.stringContaining("not text")]);
    const encrypted = parse("\0GITCRYPT\0\u0001\ufffd\ufffd");
    expect(encrypted.problems).toEqual([
      expect.objectContaining({ message: expect.stringContaining("encrypted with git-crypt"), isNoMistake: true }),
    ]);
    for (const text of ["age-encryption.org/v1\n-> X25519 \ufffd", "-----BEGIN PGP MESSAGE-----\n\nhQ"]) {
      expect(parse(text).problems).toEqual([
        expect.objectContaining({ message: expect.stringMatching(/encrypted with (age|GPG)/), isNoMistake: true }),
      ]);
    }
    const sops = '{\n\t"data": "ENC[AES256_GCM,data:q8s=,iv:aa=,tag:bb=,type:str]",\n\t"sops": {}\n}\n';
    expect(parse(sops).problems).toEqual([
      expect.objectContaining({ message: expect.stringContaining("encrypted with sops"), isNoMistake: true }),
    ]);
    expect(parse('{ "data" = "ENC[AES256_GCM,data:q8s=]"; }').problems).toEqual([]);
    expect(parse("\ufffd\u0001\u0002{{{").problems.length).toBeGreaterThan(0);
    expect(parse("").problems.map(({ message }) => message)).toEqual([expect.stringContaining("empty")]);
  });
});
