import { describe, expect, it } from "vitest";
import { codeFrame } from "./code-frame.ts";
import { Locations } from "./locations.ts";
import { colors } from "./pretty.ts";

function frame(text: string, start: number, end: number): string {
  const locations = new Locations(() => text, "/");
  return codeFrame({ file: "/a.nix", start, end }, locations, colors(false), (marks) => marks);
}

describe("codeFrame", () => {
  it("underlines by columns of the terminal", () => {
    const text = '{\n\ta = "日本💾" + b;\n}\n';
    const at = text.indexOf("b;");
    // A tab is four columns, 日, 本 and 💾 are two each.
    expect(frame(text, at, at + 1)).toBe('  |\n2 |     a = "日本💾" + b;\n  |                    ^');
  });

  it("shows a piece of a long line, and whole characters", () => {
    const text = `${"💾".repeat(400)}X${"y".repeat(400)}`;
    const lines = frame(text, 800, 801).split("\n");
    expect(lines[1]?.length).toBeLessThan(230);
    expect(lines[1]).toMatch(/^1 \| …(💾)+Xy+…$/u);
    expect(lines[2]).toMatch(/\^$/);
  });

  it("cuts long ranges and says how much is left", () => {
    const text = Array.from({ length: 20 }, (_, line) => `line${line}`).join("\n");
    expect(frame(text, 1, text.length)).toMatch(/… 14 more lines$/);
  });

  it("escapes what the terminal would obey, and says nothing about whole files", () => {
    expect(frame("a\u001b[2J b", 0, 1)).toContain("a<U+001B>[2J b");
    expect(frame("text", 0, 0)).toBe("");
  });
});
