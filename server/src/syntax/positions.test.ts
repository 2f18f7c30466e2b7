import { describe, expect, it } from "vitest";
import { LineIndex } from "./positions.ts";

describe("LineIndex", () => {
  const text = "ab\ncd\r\n😀e\rf\n";
  const index = new LineIndex(text);

  it("ends lines at LF, CRLF and a lone CR", () => {
    expect(index.lineCount).toBe(5);
    expect([0, 1, 2, 3, 4].map((line) => text.slice(index.lineStart(line), index.lineEnd(line)))).toEqual([
      "ab",
      "cd",
      "😀e",
      "f",
      "",
    ]);
  });

  it("counts UTF-16 code units and goes both ways", () => {
    expect(index.position(text.indexOf("e"))).toEqual({ line: 2, character: 2 });
    for (let offset = 0; offset <= text.length; offset++) {
      const position = index.position(offset);
      // The place between CR and LF is no place in an editor; it is moved before the line break.
      const expected = text[offset - 1] === "\r" && text[offset] === "\n" ? offset - 1 : offset;
      expect(index.offset(position)).toBe(expected);
    }
  });

  it("moves what is outside to the nearest place", () => {
    expect(index.offset({ line: 0, character: 99 })).toBe(2);
    expect(index.offset({ line: 99, character: 0 })).toBe(text.length);
    expect(index.offset({ line: -1, character: 3 })).toBe(0);
    expect(index.position(-5)).toEqual({ line: 0, character: 0 });
    expect(index.position(999)).toEqual({ line: 4, character: 0 });
  });
});
