import fc from "fast-check";
import { expect, it } from "vitest";
import { changedRange } from "./changed-range.ts";

const apply = (before: string, after: string) => {
  const { start, end, text } = changedRange(before, after);
  return before.slice(0, start) + text + before.slice(end);
};

it("gives the other text, whatever the two are", () => {
  const text = fc
    .array(fc.constantFrom("a\n", "b\n", "c", "", "\r\n", "é\n"), { maxLength: 8 })
    .map((parts) => parts.join(""));
  fc.assert(fc.property(text, text, (before, after) => apply(before, after) === after));
});

it("leaves the lines around a change alone", () => {
  expect(changedRange("a\nb\nc\n", "a\nx\ny\nc\n")).toEqual({ start: 2, end: 4, text: "x\ny\n" });
  expect(changedRange("a\nb\n", "a\nb\n")).toEqual({ start: 4, end: 4, text: "" });
});
