import { expect, it } from "vitest";
import { printable, printableData, printableJson, printableLine } from "./printable.ts";

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

it("is JSON that a terminal does not obey, and that says the same", () => {
  const data = { "\u009b31m": ["a\u001b[2J\u007f\u202e\u2066\ufeff\n", "ünïcödé 💾"] };
  const text = printableJson(data);
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufeff]/);
  expect(text).toContain("ünïcödé 💾");
  expect(JSON.parse(text)).toEqual(data);
});
