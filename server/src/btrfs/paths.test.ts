import { expect, it } from "vitest";
import { displayPath, pathBytes, pathOfBytes } from "./paths.ts";

it("keeps all bytes of a path", () => {
  const bytes = Uint8Array.from({ length: 255 }, (_, index) => index + 1);
  expect(pathBytes(pathOfBytes(bytes))).toEqual(bytes);
});

it.each([
  ["héllo", "héllo"],
  ["new\nline\x1b[31m", "new\\nline\\u001b[31m"],
  ["\u202egpj.exe", "\\u202egpj.exe"],
  ["back\\slash", "back\\\\slash"],
])("shows %j as %j", (path, shown) => {
  expect(displayPath(pathOfBytes(new TextEncoder().encode(path)))).toBe(shown);
});

it("shows what is not UTF-8", () => {
  expect(displayPath("bad\xff")).toBe("bad\ufffd");
});
