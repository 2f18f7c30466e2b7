import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { commands } from "./sh-commands.ts";
import { reachableCommands } from "./sh-reach.ts";
import { readShell } from "./sh-reader.ts";

const reached = (text: string) =>
  reachableCommands(commands(readShell(text)))
    .filter(({ name }) => name === "echo")
    .map(({ args }) => args[0]?.literal);

describe("reachableCommands", () => {
  it.each([
    "echo a; exit 0; echo b",
    "echo a; exec true; echo b",
    "exec 2>/dev/null; echo a",
    "if false; then echo a; else echo b; fi",
    "if true; then echo a; elif true; then echo b; else echo c; fi",
    "if :; then echo a; else echo b; fi",
    "while false; do echo a; done; echo b",
    "until true; do echo a; done; echo b",
    "f() { echo a; }; g() { echo b; }; g",
    "f() { echo a; }; g() { f; }; echo b",
    "f() { echo a; }; g() { f; echo b; }; g",
    "f() { echo a; exit; }; f; echo b",
    "(exit 0); echo a",
  ])("holds all that bash runs, and none that it cannot run: %s", (text) => {
    const ran = execFileSync("bash", ["-c", text], { encoding: "utf8" }).split("\n").filter(Boolean);
    const found = reached(text);
    for (const word of ran) expect(found).toContain(word);
    // What ends the script from inside of a function is not followed.
    if (!text.includes("exit; }")) expect(found).toEqual(ran);
  });

  it("keeps what may run", () => {
    expect(reached("if test -e x; then echo a; else echo b; fi")).toEqual(["a", "b"]);
    expect(reached("test -e x && exit 0; echo a")).toEqual(["a"]);
    expect(reached("f() { echo a; }; $COMMAND")).toEqual(["a"]);
    expect(reached("f() { echo a; }; xargs -I{} f")).toEqual(["a"]);
    expect(reached('f() { echo a; }; eval "$x"')).toEqual(["a"]);
    expect(reached("f() { echo a; }; trap f EXIT")).toEqual(["a"]);
  });
});
