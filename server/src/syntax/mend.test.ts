// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the strings are Nix code.
import { describe, expect, it } from "vitest";
import { testParser } from "../testing/load-parser.ts";
import { walk } from "./walk.ts";

const parser = await testParser();

function parse(text: string) {
  const parsed = parser.parse("/broken.nix", text);
  parsed.dispose();
  return parsed.program;
}

/** The first names of all bindings of the file, in order; what follows `=` is an error when marked with `!`. */
function survivors(text: string): string[] {
  const found: string[] = [];
  walk(parse(text).root, (expr) => {
    if (expr.kind !== "attrs" && expr.kind !== "let") return;
    for (const binding of expr.bindings) {
      if (binding.kind === "inherit")
        found.push(...binding.names.map((name) => (name.kind === "name" ? name.name : "?")));
      else {
        const name = binding.path.map((part) => (part.kind === "name" ? part.name : "?")).join(".");
        found.push(binding.value.kind === "error" ? `${name}!` : name);
      }
    }
  });
  return found;
}

/** Broken text; the text that the first problem marks; a part of its message; the bindings that survive. */
const cases: [string, string, string, string[]][] = [
  ["{ a = 1\n  b = 2;\n}", "1", "`;` is missing", ["a", "b"]],
  ["{ a = 1; services. }", ".", "name is missing after the dot", ["a"]],
  ["{ a = 1;\n foo\n b = 2; }", "foo", "not finished", ["a", "b"]],
  ["{ a = 1; foo; b = 2; }", "foo", "not finished", ["a", "b"]],
  ["{ a = ; b = 2; }", "=", "missing", ["a!", "b"]],
  ["{ a =\n  b = 2; }", "=", "missing after this `=`", ["a!", "b"]],
  ["{ a = config.\n  b = 2; }", ".", "missing", ["a!", "b"]],
  ["{ a = config.; b = 2; }", ".", "missing", ["a!", "b"]],
  ["{ a = x + ; b = 2; }", "+", "missing", ["a", "b"]],
  ["{ a = [ 1 2\n  b = 2;\n}", "[", "never closed", ["a", "b"]],
  ["{ a = [ 1 2;\n  b = 2;\n}", "[", "never closed", ["a", "b"]],
  ["{ a = (x;\n  b = 2;\n}", "(", "never closed", ["a", "b"]],
  ["{\n  a = {\n    b = 1;\n  c = 2;\n}\n", "{", "never closed", ["a", "c", "b"]],
  ["{\n  a = {\n    b = 1;\n  c = {\n    d = 1;\n  };\n}\n", "{", "never closed", ["a", "c", "b", "d"]],
  ["{\n  a = 1;\n", "{", "never closed", ["a"]],
  ["{ a = { b = 1; } }; c = 2; }", "}", "Unexpected `}`", ["a", "c", "b"]],
  ["{ a = 1; ) b = 2; }", ")", "Unexpected `)`", ["a", "b"]],
  ["{ a = 1; } }", "}", "Unexpected `}`", ["a"]],
  ['{ a = "x;\n  b = "y";\n  c = "z ${d}";\n}', '"', "string is never closed", ["a", "b", "c"]],
  ["{\n  a = ''\n  b = ''\n    x\n  '';\n  c = 1;\n}", "''", "string is never closed", ["a", "b", "c"]],
  ['{ a = "x ${y";\n  b = 1;\n}', "${", "never closed", ["a", "b"]],
  ["{ a = [ 1, 2 ]; b = 1; }", ",", "no commas", ["a", "b"]],
  ["{ a = [ x ++ y ]; b = 1; }", "++", "Unexpected `++`", ["a", "b"]],
  ["{ a = f x: y; b = 1; }", "x", "parentheses around this function", ["a", "b"]],
  ["{ a = if b then c; d = 1; }", "if", "no `else`", ["a", "d"]],
  ["{ a = with b c; d = 1; }", ";", "missing", ["a", "d"]],
  ["let a = 1; { b = a; }", "let", "`in` is missing", ["a", "b"]],
  ["{ a = let b = 1; }", "let", "no `in`", ["a", "b"]],
  ["{ pkgs, lib } { a = 1; }", "}", "`:` is missing", ["a"]],
  ["{ pkgs lib, ... }: { a = 1; }", "s", "`,` is missing", ["a"]],
  ["{ pkgs, ..., }: { a = 1; }", ",", "Nothing may follow", ["a"]],
  ["{ a, }: { b = 1; c }", "c", "not finished", ["b"]],
  ["{ a = x |> f; b = ; }", "=", "missing", ["a", "b!"]],
  ["{ a { b = 1; }; c = 2; }", "a", "`=` is missing", ["a", "c", "b"]],
  ["{ inherit (x) a b\n  c = 1; }", "b", "`;` is missing", ["a", "b", "c"]],
  ["{ a = 1; } /* open", "/*", "comment is never closed", ["a"]],
  ["{ a = 1; % b = 2; c = 3; }", "%", "Unexpected `%`", ["a", "c"]],
  ["{ if = 1; a = 2; }", "if", "keyword", ["if", "a"]],
];

describe("reading on after an error", () => {
  it.each(cases)("%j", (text, marked, message, names) => {
    const [problem] = parse(text).problems;
    expect(problem?.message).toContain(message);
    expect(text.slice(problem!.start, problem!.end)).toBe(marked);
    expect(survivors(text)).toEqual(names);
  });

  it("tells one fault once", () => {
    for (const [text] of cases) expect([text, parse(text).problems.length <= 2]).toEqual([text, true]);
    const single = cases.filter(([text]) => parse(text).problems.length === 1);
    expect(single.length).toBeGreaterThan(cases.length - 4);
  });

  it("keeps exact ranges behind the fault", () => {
    const text = "{\n  a = 1\n  b = [ 2 ];\n  c = x.;\n  d = 3; # end\n}";
    const { root, comments } = parse(text);
    if (root.kind !== "attrs") throw new Error(root.kind);
    expect(text.slice(root.start, root.end)).toBe(text);
    expect(root.bindings.map(({ start, end }) => text.slice(start, end))).toEqual([
      "a = 1",
      "b = [ 2 ];",
      "c = x.;",
      "d = 3;",
    ]);
    expect(comments.map(({ start, end }) => text.slice(start, end))).toEqual(["# end"]);
  });

  it("tells several faults, in order, up to fifty", () => {
    const text = `{\n${"  a = ;\n".repeat(80)}}`;
    expect(parse(text).problems).toHaveLength(50);
    expect(parse("{ a = ; b = [ 1; c = x +; }").problems.map(({ start }) => start)).toEqual([4, 12, 23]);
  });

  it("survives every half-typed state of a file", () => {
    const before = "{ config, ... }:\n{\n  first = 1;\n";
    const after = "\n  last = { x = 2; };\n}\n";
    const typed =
      'environment.persistence."/persist".directories = [ "/var/log" { directory = "/a"; mode = "0700"; } ];';
    const lost: string[] = [];
    for (let length = 1; length <= typed.length; length++) {
      const names = survivors(before + typed.slice(0, length) + after);
      if (!names.includes("first") || !names.some((name) => /(^|\.)last$/.test(name)))
        lost.push(typed.slice(0, length));
    }
    expect(lost).toEqual([]);
  });
});
