// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are shell texts, not template literals.
import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { commands } from "./sh-commands.ts";
import { readShell } from "./sh-reader.ts";

/** The first arguments of all `mark` commands that are seen, and what is said of texts that cannot be read. */
function seen(text: string) {
  const found = commands(readShell(text));
  return {
    marks: found.filter(({ name }) => name === "mark").map(({ args }) => args[0]?.literal),
    hidden: found.flatMap(({ hiddenText }) => hiddenText ?? []),
  };
}

/** The arguments with which bash runs `mark`. flock, script and su take the shell that `SHELL` names. */
function run(text: string): string[] {
  const script = `mark() { printf '%s\\n' "$1"; }; export -f mark; su() { shift $(($# - 1)); bash -c "$1"; }\n${text}`;
  return execFileSync("bash", ["-c", script], { encoding: "utf8", env: { ...process.env, SHELL: "/bin/bash" } })
    .split("\n")
    .filter(Boolean);
}

describe("commands inside of texts", () => {
  it.each([
    "bash -c 'mark a; mark b'",
    'bash -ec "mark a && mark b"',
    "eval mark a",
    'eval "mark a" ";" "mark b"',
    "trap 'mark a' EXIT; mark b",
    "trap -- 'mark a' 0",
    "bash <<EOF\nmark a\nEOF",
    "bash -s <<'EOF'\nmark a\nEOF",
    "bash <<< 'mark a'",
    "bash -o errexit -c 'mark a'",
    "flock /tmp -c 'mark a; mark b'",
    "flock -x -w 5 /tmp -c 'mark a'",
    "script -qc 'mark a' /dev/null | tr -d '\\r'",
    "su root -c 'mark a'",
    "bash -c \"bash -c 'mark a'\"",
  ])("are those that bash runs: %s", (text) => {
    const ran = run(text).sort();
    expect(ran.length).toBeGreaterThan(0);
    expect(seen(text).marks.toSorted()).toEqual(ran);
  });

  it.each([
    "su -c 'mark a' root",
    "su --command='mark a'",
    "su --session-command 'mark a' root",
    "runuser root -c 'mark a'",
  ])("are read in %s", (text) => {
    expect(seen(text)).toEqual({ marks: ["a"], hidden: [] });
  });

  it.each([
    "bash ./file mark",
    "su root",
    "flock /tmp true",
    "flock 9",
    "trap - EXIT",
    "trap",
    "eval",
    "su -- -c 'mark a'",
    "runuser -u root -- true -c 'mark a'",
  ])("are not made up: %s", (text) => {
    expect(seen(text)).toEqual({ marks: [], hidden: [] });
  });

  it.each(['bash -c "mark \\"a\\""', "bash", "cat script | sh", "sh -c", 'eval "\\"mark a\\""'])(
    "are known to be hidden: %s",
    (text) => {
      expect(seen(text).hidden).toHaveLength(1);
    },
  );

  it("stand where they are written", () => {
    const text = "flock /run/lock -c 'mark  here'";
    const use = commands(readShell(text)).find(({ name }) => name === "mark");
    expect(text.slice(use?.args[0]?.start, use?.args[0]?.end)).toBe("here");
  });

  it("see the variables of the text around them", () => {
    const text = 'TARGET=/mnt; bash -c "mark $TARGET"';
    expect(commands(readShell(text)).find(({ name }) => name === "mark")?.args[0]?.parts[0]).toMatchObject({
      kind: "parameter",
      name: "TARGET",
    });
  });

  it("run in a shell of their own, and for a signal only sometimes", () => {
    const inShell = commands(readShell("bash -c 'mark a'")).find(({ name }) => name === "mark");
    expect(inShell?.within.map(({ kind }) => kind)).toEqual(["subshell"]);
    const onSignal = commands(readShell("trap 'mark a' TERM")).find(({ name }) => name === "mark");
    expect(onSignal?.conditional).toBe(true);
  });
});
