import { describe, expect, it } from "vitest";
import { testParser } from "../testing/load-parser.ts";
import { bindingAt, enclosing, walk } from "./walk.ts";

const parser = await testParser();
const text = '{ a.b = [ "x" (f y) ]; inherit (c) d; }';
const { program } = parser.parse("/file.nix", text);

describe("walking a program", () => {
  it("finds the path to an offset", () => {
    expect(enclosing(program, text.indexOf("y")).map(({ kind }) => kind)).toEqual(["attrs", "list", "apply", "var"]);
    expect(enclosing(program, text.indexOf("(f")).map(({ kind }) => kind)).toEqual(["attrs", "list", "apply"]);
    expect(enclosing(program, text.indexOf("x")).at(-1)?.kind).toBe("string");
    expect(enclosing(program, text.length + 5)).toEqual([]);
  });

  it("finds the binding at its name, its value and its semicolon", () => {
    for (const at of [2, 5, text.indexOf("y"), text.indexOf(";")]) {
      expect(bindingAt(program, at)?.binding).toMatchObject({ kind: "bind", start: 2 });
    }
    expect(bindingAt(program, text.indexOf("d;"))?.binding.kind).toBe("inherit");
    expect(bindingAt(program, text.length)).toBeUndefined();
  });

  it("visits everything once, outer expressions first", () => {
    const kinds: string[] = [];
    walk(program.root, ({ kind }) => kinds.push(kind));
    expect(kinds).toEqual(["attrs", "list", "string", "apply", "var", "var", "var"]);
  });
});
