import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { constantOutput } from "./sh-output.ts";
import { readShell } from "./sh-reader.ts";

const output = (text: string) => constantOutput(readShell(text), ({ literal }) => literal);

describe("constantOutput", () => {
  it.each([
    "echo a b",
    "echo 'a  b'",
    "printf text",
    "printf %s text",
    "printf '%s\\n' 'a b'",
    "dirname /a/b/c",
    "basename /a/b/c",
    "basename plain",
    "echo a/b",
    'echo ""',
  ])("is what sh prints: %s", (text) => {
    const printed = execFileSync("sh", ["-c", text], { encoding: "utf8" }).replace(/\n+$/, "");
    expect(output(text)).toBe(printed);
  });

  it.each([
    "date",
    "echo -n a",
    "echo 'a\\tb'",
    "printf '%d' 3",
    "printf 'a%%'",
    "dirname /a",
    "dirname a",
    "basename /a/",
    "basename /a/b .b",
    "echo *",
    "echo a; echo b",
    "echo a > x",
    "X=1 echo a",
    "echo a &",
    "echo $X",
    "",
  ])("is not guessed: %s", (text) => {
    expect(output(text)).toBeUndefined();
  });
});
