import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isAtOrBelow, normalise } from "./paths.ts";

const path = fc
  .array(fc.constantFrom("/", ".", "..", "a", "ab", "\n", " "), { maxLength: 8 })
  .map((parts) => parts.join(""));

describe("paths", () => {
  it("are normal when they have no empty part, `.` or `..`, and only then left as they are", () => {
    fc.assert(
      fc.property(path, (text) => {
        const parts: string[] = [];
        for (const part of text.split("/")) {
          if (part === "..") parts.pop();
          else if (part !== "" && part !== ".") parts.push(part);
        }
        expect(normalise(text)).toBe(`/${parts.join("/")}`);
      }),
    );
  });

  it("lie at or below a directory by whole names", () => {
    fc.assert(
      fc.property(path.map(normalise), path.map(normalise), (one, directory) => {
        const parts = (text: string) => text.split("/").filter(Boolean);
        const [inner, outer] = [parts(one), parts(directory)];
        expect(isAtOrBelow(one, directory)).toBe(outer.every((part, index) => inner[index] === part));
      }),
    );
  });
});
