// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are shell texts, not template literals.
import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readShell } from "./sh-reader.ts";
import { scopeOf } from "./sh-values.ts";
import { expandLists, isWordList } from "./sh-word-lists.ts";

function wordsOf(text: string, before = "") {
  const script = readShell(`${before}show ${text}`);
  const command = script.statements.at(-1)?.command;
  if (command?.kind !== "simple") throw new Error("no command");
  return { words: command.words.slice(1), scope: scopeOf(script) };
}

const expanded = (text: string, before = "") => {
  const { words, scope } = wordsOf(text, before);
  return expandLists(words, scope).map(({ literal }) => literal);
};

describe("expandLists", () => {
  it("expands braces as bash does", () => {
    const part = fc.constantFrom("a", "b", "/x", "{p,q}", "{r,s,t}", "{u}", "'{v,w}'", "_");
    const texts = fc.sample(
      fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("")),
      {
        numRuns: 60,
        seed: 7,
      },
    );
    const printed = execFileSync("bash", ["-c", texts.map((text) => `printf '%s ' ${text}; echo`).join("\n")], {
      encoding: "utf8",
    });
    const lines = printed.trimEnd().split("\n");
    for (const [index, text] of texts.entries()) expect(expanded(text).join(" "), text).toBe(lines[index]?.trimEnd());
  });

  it("leaves alone what it does not expand", () => {
    expect(expanded("{1..3}")).toEqual([undefined]);
    expect(expanded("{a,{b,c}}")).toEqual([undefined]);
    expect(expanded("'{a,b}'")).toEqual(["{a,b}"]);
  });

  it("gives the items of an array that is written down once", () => {
    expect(expanded('"${a[@]}"', "a=(x 'y z')\n")).toEqual(["x", "y z"]);
    expect(expanded('"${a[@]}"', "a=(x)\na+=(y)\n")).toEqual([undefined]);
    expect(expanded('"${a[0]}"', "a=(x y)\n")).toEqual([undefined]);
    expect(expanded('"${a[@]}"')).toEqual([undefined]);
  });

  it("gives no more words than anybody writes by hand", () => {
    const many = "{a,b,c,d,e}".repeat(3);
    expect(expanded(many)).toHaveLength(1);
  });
});

it("isWordList names the words that may become several", () => {
  const [braces, array, plain, quoted] = wordsOf('{a,b} "${x[@]}" $x "{a,b}"').words;
  expect([braces, array, plain, quoted].map((word) => word && isWordList(word))).toEqual([true, true, false, false]);
});
