// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are shell texts, not template literals.
import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { runningCommands } from "./sh-expand.ts";
import { readShell } from "./sh-reader.ts";
import { resolveWord, scopeOf } from "./sh-values.ts";

/** The arguments of the command `show` as they are read; undefined stands for what is not known. */
function read(text: string) {
  const script = readShell(text);
  const scope = scopeOf(script);
  const use = runningCommands(script, scope).find(({ name }) => name === "show");
  return use?.args.map((word) => resolveWord(word, scope).value);
}

function run(text: string): string[] {
  return execFileSync("bash", ["-c", `show() { printf '%s\\n' "$@"; }\n${text}`], { encoding: "utf8" })
    .replace(/\n$/, "")
    .split("\n");
}

describe("runningCommands", () => {
  it.each([
    "show a b",
    "CMD=show; $CMD a b",
    'CMD="show a"; $CMD b',
    'CMD="show"; "$CMD" "a b"',
    "list=(a 'b c' d); show \"${list[@]}\"",
    'cmd=(show a); "${cmd[@]}" b',
    "show /mnt/{root,home}",
    "show {a,b}{1,2}",
    "show {a,b}-x c",
    "X=y; show ${X}/{1,2}",
    "show '{a,b}'",
    'show "/mnt/{a,b}"',
    "show {a}",
  ])("gives the words that bash gives: %s", (text) => {
    expect(read(text)).toEqual(run(text));
  });

  it("does not split what is no single value", () => {
    expect(read('if x; then CMD=show; else CMD=echo; fi; "$CMD" a')).toBeUndefined();
    expect(read("show {1..3}")).toHaveLength(1);
  });

  it("keeps the place of what was expanded", () => {
    const text = 'list=(a b); show "${list[@]}"';
    const script = readShell(text);
    const use = runningCommands(script, scopeOf(script)).find(({ name }) => name === "show");
    expect(use?.args.map(({ start, end }) => text.slice(start, end))).toEqual(['"${list[@]}"', '"${list[@]}"']);
  });
});
