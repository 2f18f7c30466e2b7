// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the strings are Nix code.
import { describe, expect, it } from "vitest";
import { testParser } from "../testing/load-parser.ts";
import { nixParseError } from "../testing/nix-instantiate.ts";
import { importsScoped, undefinedNames } from "./undefined-names.ts";

const parser = await testParser();

function read(text: string) {
  const parsed = parser.parse("/snippet.nix", text);
  parsed.dispose();
  return parsed.program;
}

const undefinedIn = (text: string) => undefinedNames(read(text)).map(({ start, end }) => text.slice(start, end));

/** Where every name is defined, or may be. */
const defined = [
  "x: x",
  "{ x }: x",
  "{ x ? y, y }: x",
  "{ x ? all, ... }@all: x",
  "all@{ x }: all.x",
  "let x = y; y = 1; in x",
  "let inherit (x) y; x = { y = 1; }; in y",
  "x: let inherit x; in x",
  "rec { x = y; y = 1; }",
  "rec { x = 1; y.z = x; }",
  "rec { inherit (x) y; x = { y = 1; }; }",
  'rec { x = "a"; ${x} = 1; }',
  "rec { a.b = 1; c = a; }",
  "with { }; x",
  "with { }; { y = z: x; inherit q; }",
  "let a = rec { x = 1; }; in a",
  "{ a = rec { x = 1; }; a.y = x; }",
  "true && false || null == null",
  'map toString [ (throw "a") (abort "b") ]',
  "[ baseNameOf dirOf derivation fetchGit fetchTarball fromTOML isNull placeholder removeAttrs import ]",
  "[ __currentSystem __toJSON builtins.map __curPos ]",
  "{ x, y }: x.y or (x ? z)",
  'x: "${x} ${"${x}"}"',
  "x: ''\n  ${x} ''${y} $y\n''",
  "x: ./${x}/y",
  "x: { inherit x; }",
  "x: assert x; if x then x else -x",
  "let f = n: if n == 0 then 1 else f (n - 1); in f 3",
  "<nixpkgs>",
];

/** With the name that nothing defines. */
const undefinedNamesOf: Readonly<Record<string, string>> = {
  foo: "foo",
  "{ x }: y": "y",
  "{ x ? y }: x": "y",
  "x: { y = z; }": "z",
  "let x = 1; in y": "y",
  "let inherit y; in y": "y",
  "let inherit (y) x; in x": "y",
  "{ x = 1; y = x; }": "x",
  "{ inherit x; }": "x",
  "{ inherit (x) y; }": "x",
  "rec { inherit x; }": "x",
  "{ ${x} = 1; }": "x",
  "{ a.${x}.b = 1; }": "x",
  "x: x.${y}": "y",
  "x: x ? ${y}": "y",
  "x: x.a or y": "y",
  'x: "${y}"': "y",
  "x: ''${y}''": "y",
  "x: ./${y}": "y",
  "with x; 1": "x",
  "(with { }; x) + x": "x",
  "assert x; 1": "x",
  "if true then 1 else x": "x",
  "!x": "x",
  "-x": "x",
  "[ x ]": "x",
  "(x: x) x": "x",
  "let f = { lib, ... }: pkgs; in f": "pkgs",
  "{ config, lib, ... }: { environment.systemPackages = [ pkgs.git ]; }": "pkgs",
  "lib: { a = lib.mkIf true optionals; }": "optionals",
  "{ a = { x = 1; }; a.y = x; }": "x",
};

describe("names that nothing defines", () => {
  it("are none where a name is, or may be, defined", () => {
    expect(defined.flatMap((text) => undefinedIn(text).map((name) => `${name} in ${text}`))).toEqual([]);
  });

  it("are found where they stand", () => {
    for (const [text, name] of Object.entries(undefinedNamesOf)) {
      expect([text, ...undefinedIn(text)]).toEqual([text, name]);
    }
  });

  it("are those that Nix refuses a file for", () => {
    for (const text of [...defined, ...Object.keys(undefinedNamesOf)]) {
      if (read(text).problems.length > 0) continue;
      const name = /undefined variable '([^']+)'/.exec(nixParseError(text) ?? "")?.[1];
      expect([text, undefinedIn(text)[0]]).toEqual([text, name]);
    }
    // Each of them is a process of its own.
  }, 60_000);

  it("are said once, with the argument that gives them", () => {
    const [problem, ...others] = undefinedNames(read("{ config, ... }: [ pkgs.a pkgs.b ]"));
    expect(others).toEqual([]);
    expect(problem?.message).toContain("`{ pkgs, ... }:`");
  });

  it("are not looked for in a file that does not parse, or far inside", () => {
    expect(undefinedIn("{ a = x; b = ; }")).toEqual([]);
    expect(undefinedIn(`${"[".repeat(3000)}x${"]".repeat(3000)}`)).toEqual([]);
  });

  it("cannot be told where files get names from outside", () => {
    expect(importsScoped(read("builtins.scopedImport { x = 1; } ./y.nix"))).toBe(true);
    expect(importsScoped(read("scopedImport { x = 1; } ./y.nix"))).toBe(true);
    expect(importsScoped(read("h: h.lib.load { loader = h.lib.loaders.scoped; }"))).toBe(true);
    expect(importsScoped(read("h: import ./y.nix"))).toBe(false);
  });
});
