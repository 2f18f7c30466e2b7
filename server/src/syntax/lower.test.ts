// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the strings are Nix code.
import { describe, expect, it } from "vitest";
import { testParser } from "../testing/load-parser.ts";
import type { AttrsExpr, Expr, ListExpr, Program, Span, ValueBinding } from "./expr.ts";
import { children, walk } from "./walk.ts";

const parser = await testParser();

function program(text: string): Program {
  const parsed = parser.parse("/file.nix", text);
  parsed.dispose();
  return parsed.program;
}

function root(text: string): Expr {
  const { root, problems } = program(text);
  expect(problems).toEqual([]);
  return root;
}

/** A short form of an expression that shows how it is grouped. */
function shape(expr: Expr): string {
  if (expr.kind === "binary") return `(${shape(expr.left)} ${expr.operator} ${shape(expr.right)})`;
  if (expr.kind === "var") return expr.name;
  if (expr.kind === "unary") return `(${expr.operator}${shape(expr.operand)})`;
  if (expr.kind === "apply") return `(${shape(expr.fn)} ${shape(expr.arg)})`;
  return `<${expr.kind}${children(expr)
    .map((child) => ` ${shape(child)}`)
    .join("")}>`;
}

describe("lowering", () => {
  const source = (text: string, span: Span) => text.slice(span.start, span.end);

  it("gives bindings the range from the first name to the semicolon", () => {
    const text = '{\n  a."b c".${d} = [ 1 ]; # x\n  inherit (e) f g;\n  inherit h;\n}';
    const { bindings } = root(text) as AttrsExpr;
    expect(bindings.map((binding) => source(text, binding))).toEqual([
      'a."b c".${d} = [ 1 ];',
      "inherit (e) f g;",
      "inherit h;",
    ]);
    const first = bindings[0] as ValueBinding;
    expect(first.path.map((name) => [name.kind, source(text, name)])).toEqual([
      ["name", "a"],
      ["name", '"b c"'],
      ["dynamic", "${d}"],
    ]);
    expect(source(text, first.value)).toBe("[ 1 ]");
    expect(bindings[1]).toMatchObject({ kind: "inherit", from: { kind: "var", name: "e" } });
  });

  it("records the outermost parentheses of a node and leaves no node for them", () => {
    const text = "[ ((a)) (b c) ]";
    const [a, b] = (root(text) as ListExpr).items;
    expect([source(text, a!), source(text, a!.outer!)]).toEqual(["a", "((a))"]);
    expect([source(text, b!), source(text, b!.outer!)]).toEqual(["b c", "(b c)"]);
  });

  it("keeps every child inside its parent and siblings in order", () => {
    const text =
      'x@{ a ? (1), b, ... }: let c = (a + -b); in with c; assert d ? e.${f}; if g then [ h.i or j ] else rec { k = l: "m${n}"; } // ./o/${p}';
    walk(root(text), (expr) => {
      let last = expr.start;
      for (const child of children(expr)) {
        const span = child.outer ?? child;
        expect(span.start).toBeGreaterThanOrEqual(last);
        expect(span.end).toBeLessThanOrEqual(expr.end);
        last = span.end;
      }
    });
  });

  it("describes functions exactly", () => {
    const text = "{ a ? 1, b, }@args: a";
    const lambda = root(text);
    if (lambda.kind !== "lambda") throw new Error(lambda.kind);
    expect(source(text, lambda.formalsSpan!)).toBe("{ a ? 1, b, }");
    expect(source(text, lambda.paramSpan!)).toBe("args");
    expect(lambda.formals!.map((formal) => [formal.name, source(text, formal)])).toEqual([
      ["a", "a ? 1"],
      ["b", "b"],
    ]);
    expect(lambda.ellipsis).toBe(false);
    expect(root("{ ... }: 1")).toMatchObject({ ellipsis: true, formals: [], param: undefined });
    expect(root("x: 1")).toMatchObject({ param: "x", formals: undefined, formalsSpan: undefined });
  });

  it.each([
    ["a - b - c", "((a - b) - c)"],
    ["a ++ b ++ c", "(a ++ (b ++ c))"],
    ["a // b // c", "(a // (b // c))"],
    ["a -> b -> c", "(a -> (b -> c))"],
    ["a || b && c", "(a || (b && c))"],
    ["!a == b", "((!a) == b)"],
    ["-a + b", "((-a) + b)"],
    ["f a b", "((f a) b)"],
    ["a |> b |> c", "((a |> b) |> c)"],
    ["a <| b <| c", "(a <| (b <| c))"],
    ["a -> b |> c -> d -> e", "((a -> b) |> (c -> (d -> e)))"],
    ["a || b |> c d", "((a || b) |> (c d))"],
    ["a |> (b |> c)", "(a |> (b |> c))"],
    ["(a <| b) |> c", "((a <| b) |> c)"],
  ])("groups %s as %s", (text, grouped) => expect(shape(root(text))).toBe(grouped));

  it("gives pipes exact ranges", () => {
    const text = "a |> b |> (c)";
    const outer = root(text);
    if (outer.kind !== "binary" || outer.left.kind !== "binary") throw new Error(outer.kind);
    expect(source(text, outer)).toBe(text);
    expect(source(text, outer.left)).toBe("a |> b");
    expect([outer.operatorSpan.start, outer.left.operatorSpan.start]).toEqual([7, 2]);
  });

  it("leaves commas and pipes alone where they are text", () => {
    const text = "{ a, }: [ \", } |> ${a}\" '', } <| '' ./x <a> ] # , } |>";
    const lambda = root(text);
    if (lambda.kind !== "lambda" || lambda.body.kind !== "list") throw new Error(lambda.kind);
    expect(lambda.body.items.slice(0, 2)).toMatchObject([
      { parts: [{ text: ", } |> " }, { name: "a" }] },
      { parts: [{ text: ", } <| " }] },
    ]);
    expect(lambda.body.items[3]).toMatchObject({ kind: "search-path", name: "a" });
  });

  it("takes static names apart from computed ones", () => {
    expect(root('a."b".${"c"}."d${e}".${f}')).toMatchObject({
      path: [
        { kind: "name", name: "b" },
        { kind: "name", name: "c" },
        { kind: "dynamic", expr: { kind: "string" } },
        { kind: "dynamic", expr: { kind: "var" } },
      ],
    });
  });

  it("reads the other literals", () => {
    expect(root("[ 007 1.5e3 .5 ~/a <b/c> http://d.e/f ./g/${h}.i ~/${j} ]")).toMatchObject({
      items: [
        { kind: "int", digits: "007" },
        { kind: "float", value: 1500 },
        { kind: "float", value: 0.5 },
        { kind: "path", parts: [{ text: "~/a" }] },
        { kind: "search-path", name: "b/c" },
        { kind: "string", style: "uri", parts: [{ text: "http://d.e/f" }] },
        { kind: "path", parts: [{ text: "./g/" }, { name: "h" }, { text: ".i" }] },
        { kind: "path", parts: [{ text: "~/" }, { name: "j" }] },
      ],
    });
  });

  it("lists comments in source order, without the line break", () => {
    const text = "# one\r\n{ a /* two */ = \"# no\"; # three\n b = ''/* no */ ${ # four\n c}''; }\n# five";
    const { comments, problems } = program(text);
    expect(problems).toEqual([]);
    expect(comments.map((comment) => [comment.style, source(text, comment)])).toEqual([
      ["line", "# one"],
      ["block", "/* two */"],
      ["line", "# three"],
      ["line", "# four"],
      ["line", "# five"],
    ]);
  });

  it("tells both places of a duplicate", () => {
    const text = "{ a.b = 1; c = 2; a = { b = 3; }; }";
    const { problems } = program(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]!.message).toContain("`a.b` is already defined");
    expect([problems[0]!.start, problems[0]!.related![0]!.start]).toEqual([24, 4]);
  });

  it("is quick: a 4 KB file takes a few milliseconds", () => {
    const one =
      '  services.nginx.virtualHosts."a.example" = { forceSSL = true; root = ./www; extra = [ 1 2 "x${toString 3}" ]; };\n';
    const text = `{ lib, ... }:\n{\n${Array.from({ length: 36 }, (_, at) => one.replace("a.example", `a${at}.example`)).join("")}}\n`;
    expect(text.length).toBeGreaterThan(4000);
    for (let round = 0; round < 50; round++) program(text);
    const times = Array.from({ length: 50 }, () => {
      const start = process.cpuUsage();
      program(text);
      const { user, system } = process.cpuUsage(start);
      return (user + system) / 1000;
    }).sort((a, b) => a - b);
    console.info(`parse and lower ${text.length} characters: median ${times[25]!.toFixed(2)} ms CPU`);
    expect(times[25]).toBeLessThan(15);
  });
});
