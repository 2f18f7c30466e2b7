import { expect, it } from "vitest";
import { printable, printableData, printableLine } from "./printable.ts";

it("shows what a terminal would obey", () => {
  expect(printable("a\u001b[31mred\u0007\u0000 \u202eabc\u2066 \u061c\u0085\r\n\tend")).toBe(
    "a<U+001B>[31mred<U+0007><U+0000> <U+202E>abc<U+2066> <U+061C><U+0085><U+000D>\n\tend",
  );
  expect(printableLine("a\nb\tc\u001b")).toBe("a<U+000A>b<U+0009>c<U+001B>");
  expect(printable("ünïcödé 💾 日本")).toBe("ünïcödé 💾 日本");
});

it("reaches every string of a document, names too", () => {
  expect(printableData({ "\u001b": ["\n", 1, null, { a: true }] })).toEqual({
    "<U+001B>": ["<U+000A>", 1, null, { a: true }],
  });
});
