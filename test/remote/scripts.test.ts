import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { singleQuoted } from "../../server/src/remote/script-input.ts";

const folder = "server/src/remote/scripts";
const scripts = readdirSync(folder).filter((name) => name.endsWith(".sh"));

describe.each(scripts)("%s", (name) => {
  const path = join(folder, name);

  it("is one that dash and bash read", () => {
    for (const shell of ["dash", "bash"]) {
      const { status, stderr } = spawnSync(shell, ["-n", path], { encoding: "utf8" });
      expect([status, stderr]).toEqual([0, ""]);
    }
  });

  it("has nothing that shellcheck finds", () => {
    const { status, stdout } = spawnSync("shellcheck", ["--shell=sh", path], { encoding: "utf8" });
    expect([status, stdout]).toEqual([0, ""]);
  });

  it("is text that can stand in a function", () => {
    // Its lines come between braces, after others.
    expect(readFileSync(path, "utf8")).toMatch(/\n$/);
  });
});

describe("a quoted argument", () => {
  it.each(["", "it's", "'", "''", "a\nb", "$(id)", "`id`", "\\", "-n", "*", "\u202e", "a\u0001b"])(
    "%j is itself",
    (text) => {
      for (const shell of ["dash", "bash"]) {
        const { stdout } = spawnSync(shell, ["-c", `printf '%s' ${singleQuoted(text)}`], { encoding: "utf8" });
        expect(stdout).toBe(text);
      }
    },
  );

  it("never holds NUL", () => {
    expect(() => singleQuoted("a\0b")).toThrow(RangeError);
  });
});
