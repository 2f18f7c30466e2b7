import { expect, it } from "vitest";
import type { LambdaExpr, Program } from "../syntax/expr.ts";
import { testParser } from "../testing/load-parser.ts";
import { readAhead, writeAhead } from "./ahead-program.ts";

const long = (name: string) => `[ ${Array.from({ length: 20 }, (_, index) => `${name}${index}`).join(" ")} ]`;

async function parsed(text: string): Promise<Program> {
  return (await testParser()).parse("/library.nix", text).program;
}

it.each([
  "x: x",
  `x: ${long("a")}`,
  `# curried\n{ a ? (y: ${long("b")}), ... }@all: b: c: { f = d: ${long("d")}; g = e: e; inherit (x: ${long("c")}) h; }`,
  `let f = x: y: (z: ${long("z")}) (w: ${long("w")}) "\${v: ${long("v")}}"; in f`,
])("reads what was written: %s", async (text) => {
  const { root, comments, problems } = await parsed(text);
  const ahead = writeAhead({ root, comments, problems });
  expect(readAhead(ahead)).toEqual({ root, comments, problems });
});

it("reads the body of a function when it is looked at, and once", async () => {
  const { program, bodies } = writeAhead(await parsed(`{ f = x: ${long("a")}; g = x: ${long("b")}; }`));
  expect(bodies).toHaveLength(2);
  const { root } = readAhead({ program, bodies: [bodies[0]!, "this is no JSON"] });
  const [f, g] = (root as unknown as { bindings: { value: LambdaExpr }[] }).bindings;
  expect(f?.value.body.kind).toBe("list");
  expect(f?.value.body).toBe(f?.value.body);
  expect(() => g?.value.body).toThrow(SyntaxError);
});
