import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AttrsExpr, Expr, ListExpr } from "../syntax/expr.ts";
import { evalNixAll } from "../testing/nix-instantiate.ts";
import { nixParseErrors } from "../testing/spec-nix.ts";
import { parseProgram } from "../testing/spec-program.ts";
import { findBinding, removeBinding, setAttribute } from "./attrs-edit.ts";
import { insertElement, removeElement } from "./list-edit.ts";
import { listToAttrs } from "./list-to-attrs.ts";
import { quote } from "./nix-text.ts";
import { applyEdits, type TextEdit } from "./text-edit.ts";

const word = fc.stringMatching(/^[a-z/]{1,6}$/);
/** What stands between two tokens: blanks, line breaks and comments, never nothing. */
const gap = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(" ", "  ", "\n", "\n  ", "\n\t", "\n\n    ") },
  { weight: 2, arbitrary: word.map((text) => ` # ${text} ]};\n  `) },
  { weight: 1, arbitrary: word.map((text) => ` /* ${text} [{ */ `) },
  { weight: 1, arbitrary: word.map((text) => `\n  # ${text}\n  `) },
);
const element = fc.record({ text: word, parens: fc.boolean() });
const listText = fc
  .record({
    before: gap,
    items: fc.array(fc.tuple(element, gap), { maxLength: 5 }),
    crlf: fc.boolean(),
  })
  .map(({ before, items, crlf }) => {
    const text = `[${before}${items.map(([item, after]) => (item.parens ? `(${quote(item.text)})` : quote(item.text)) + after).join("")}]`;
    return { text: crlf ? text.replaceAll("\n", "\r\n") : text, values: items.map(([item]) => item.text) };
  });
const names = fc.uniqueArray(
  fc.stringMatching(/^[a-f]{1,3}$/).filter((n) => n !== "if"),
  { maxLength: 4 },
);
const setText = fc
  .record({ before: gap, names, gaps: fc.array(gap, { minLength: 4, maxLength: 4 }), crlf: fc.boolean() })
  .map(({ before, names: keys, gaps, crlf }) => {
    const text = `{${before}${keys.map((key, index) => `${key} = ${index};${gaps[index]}`).join("")}}`;
    return { text: crlf ? text.replaceAll("\n", "\r\n") : text, keys };
  });

const comments = (text: string) => [...text.matchAll(/#[^\r\n]*|\/\*.*?\*\//g)].map((match) => match[0]);

describe("edits of generated lists and sets", () => {
  it("insert and remove elements; Nix reads the expected list, comments stay", async () => {
    const results: { text: string; expected: unknown }[] = [];
    await fc.assert(
      fc.asyncProperty(listText, word, fc.nat(), async ({ text, values }, added, pick) => {
        const program = await parseProgram(text);
        const list = program.root as ListExpr;
        const at = values.length > 0 ? pick % values.length : undefined;
        const inserted = applyEdits(text, insertElement(program, list, quote(added), at));
        const expected = at === undefined ? [added] : [...values.slice(0, at + 1), added, ...values.slice(at + 1)];
        expect(comments(inserted)).toEqual(comments(text));
        results.push({ text: inserted, expected });
        if (at !== undefined) {
          const removed = applyEdits(text, removeElement(program, list.items[at] as Expr));
          expect(comments(removed)).toEqual(comments(text));
          results.push({ text: removed, expected: values.filter((_, index) => index !== at) });
        }
      }),
      { numRuns: 150 },
    );
    expect(nixParseErrors(results.map(({ text }) => text))).toBeUndefined();
    expect(evalNixAll(results.map(({ text }) => text))).toEqual(results.map(({ expected }) => expected));
  });

  it("set and remove attributes; Nix reads the expected set, comments stay, twice changes nothing", async () => {
    const results: { text: string; expected: unknown }[] = [];
    await fc.assert(
      fc.asyncProperty(
        setText,
        fc.array(
          fc.stringMatching(/^[a-f/.]{1,3}$/).filter((n) => n !== "if"),
          { minLength: 1, maxLength: 3 },
        ),
        fc.nat(),
        async ({ text, keys }, path, pick) => {
          const before = Object.fromEntries(keys.map((key, index) => [key, index]));
          const program = await parseProgram(text);
          const edits = setAttribute(program, program.root as AttrsExpr, path, "99");
          if (keys.includes(path[0]!) && path.length > 1) {
            expect(edits).toBeUndefined();
          } else {
            const changed = applyEdits(text, edits as TextEdit[]);
            expect(comments(changed)).toEqual(comments(text));
            const nested = path.slice(1).reduceRight<unknown>((value, name) => ({ [name]: value }), 99);
            results.push({ text: changed, expected: { ...before, [path[0]!]: nested } });
            const again = await parseProgram(changed);
            expect(setAttribute(again, again.root as AttrsExpr, path, "99")).toEqual([]);
          }
          const victim = keys[pick % Math.max(1, keys.length)];
          if (victim !== undefined) {
            const binding = findBinding(program.root as AttrsExpr, [victim]);
            const removed = applyEdits(text, removeBinding(program, binding!));
            expect(comments(removed)).toEqual(comments(text));
            const { [victim]: _gone, ...rest } = before;
            results.push({ text: removed, expected: rest });
          }
        },
      ),
      { numRuns: 150 },
    );
    expect(nixParseErrors(results.map(({ text }) => text))).toBeUndefined();
    expect(evalNixAll(results.map(({ text }) => text))).toEqual(results.map(({ expected }) => expected));
  });

  it("turn lists of named sets into sets", async () => {
    const results: { text: string; expected: unknown }[] = [];
    const named = fc.record({ name: word, first: fc.boolean(), inner: gap, after: gap });
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(named, { maxLength: 4, selector: (item) => item.name }),
        gap,
        async (items, before) => {
          const text = `[${before}${items
            .map(({ name, first, inner, after }, index) => {
              const bindings = first
                ? `name = "${name}";${inner}value = ${index};`
                : `value = ${index};${inner}name = "${name}";`;
              return `{ ${bindings} }${after}`;
            })
            .join("")}]`;
          const program = await parseProgram(text);
          const edits = listToAttrs(program, program.root as ListExpr);
          const changed = applyEdits(text, edits as TextEdit[]);
          expect(comments(changed)).toEqual(comments(text));
          results.push({
            text: changed,
            expected: Object.fromEntries(items.map(({ name }, index) => [name, { value: index }])),
          });
        },
      ),
      { numRuns: 100 },
    );
    expect(nixParseErrors(results.map(({ text }) => text))).toBeUndefined();
    expect(evalNixAll(results.map(({ text }) => text))).toEqual(results.map(({ expected }) => expected));
  });
});
