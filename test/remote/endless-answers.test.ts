import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { callHost } from "../../server/src/remote/call-host.ts";
import type { Verb } from "../../server/src/remote/verb.ts";

/*
 * What a host sends that belongs to somebody else: an ssh in its place writes it. It may end in an error only, after
 * bounded work and memory.
 */

const folder = mkdtempSync(join(tmpdir(), "nix-impermanence-endless-"));
const { PATH } = process.env;
beforeAll(() => {
  process.env.PATH = `${folder}:${PATH}`;
});
afterAll(() => {
  process.env.PATH = PATH;
  rmSync(folder, { recursive: true });
});

const nothing: Verb<null> = { name: "nothing", scripts: [], schema: z.null(), read: () => null };

/** Asks a host whose ssh is this program; `mark` in it is where an answer begins. */
async function asked(program: string) {
  const file = join(folder, "ssh");
  writeFileSync(
    file,
    `#!${process.execPath}
    process.stdout.on("error", () => process.exit(0));
    const all = (write) => { const next = () => { while (process.stdout.write(write())); process.stdout.once("drain", next); }; next(); };
    process.stdin.on("end", () => process.exit(0));
    process.stdin.once("data", (input) => {
      const mark = "\\0IMP 1 " + /imp_nonce='(\\w+)'/.exec(input)[1] + "\\0";
      ${program}
    });`,
  );
  chmodSync(file, 0o755);
  const before = process.memoryUsage().rss;
  const error = await callHost("made.up", nothing).then(
    () => undefined,
    (failed) => failed,
  );
  return { error, grown: process.memoryUsage().rss - before };
}

describe("a host that never stops is an error, and fills no memory,", () => {
  it.each([
    ["with noise before the answer", "all(() => 'x'.repeat(65536))", /login shell prints without end/],
    ["with one record", "process.stdout.write(mark); all(() => 'x'.repeat(65536))", /a record is too long/],
    ["with empty records", "process.stdout.write(mark); all(() => 'a\\0'.repeat(32768))", /no end of records/],
    ["with large records", "process.stdout.write(mark); all(() => 'a'.repeat(2 ** 20) + '\\0')", /no end of records/],
    [
      "with words on standard error",
      "setTimeout(() => process.exit(255), 500); setInterval(() => process.stderr.write('x'.repeat(65536)), 0)",
      /before the script ran/,
    ],
  ])("%s", async (_, program, why) => {
    const { error, grown } = await asked(program);
    expect(error).toMatchObject({ code: expect.stringMatching(/^E/), message: expect.stringMatching(why) });
    expect(error.message.length).toBeLessThan(5000);
    expect(grown).toBeLessThan(700 * 2 ** 20);
  });
});

describe("what looks for words in the output of a host takes no time,", () => {
  // Each of these takes minutes with a pattern that goes back over what it has read.
  it.each([
    ["one word without an end", "'a'.repeat(1000000)"],
    ["many beginnings of a sentence", '"Permissions 1 for \'".repeat(50000)'],
    ["many ends of one", "'Offending key in '.repeat(50000)"],
    ["a line of words", "'a: Permission denied ('.repeat(40000)"],
  ])("%s", async (_, text) => {
    const { error } = await asked(
      `const text = ${text}; process.stderr.write(text); process.stdout.write(text, () => process.exit(255));`,
    );
    expect(error).toMatchObject({ code: expect.stringMatching(/^E/) });
    expect(error.message.length).toBeLessThan(5000);
  });
});

describe("an answer that is none is an error", () => {
  it.each([
    [
      "of another conversation",
      `process.stdout.write("\\0IMP 1 " + "0".repeat(32) + "\\0end\\x1f0\\0", () => process.exit(0))`,
      "ESSH",
    ],
    ["without an end", `process.stdout.write(mark + "user\\x1f0\\x1froot\\0", () => process.exit(0))`, "EINCOMPLETE"],
    [
      "with an end in the middle",
      `process.stdout.write(mark + "end\\x1f0\\0user\\x1f0\\x1froot\\0", () => process.exit(0))`,
      "EPROTOCOL",
    ],
    ["with two ends", `process.stdout.write(mark + "end\\x1f0\\0end\\x1f0\\0", () => process.exit(0))`, "EPROTOCOL"],
    [
      "with a status that is none",
      `process.stdout.write(mark + "end\\x1fwell\\0", () => process.exit(0))`,
      "EPROTOCOL",
    ],
    [
      "with a stream that nobody asked for",
      `process.stdout.write(mark + "stream\\0x\\0end\\x1f0\\0", () => process.exit(0))`,
      "EPROTOCOL",
    ],
    ["with a script that failed", `process.stdout.write(mark + "end\\x1f7\\0", () => process.exit(0))`, "ESCRIPT"],
  ])("%s", async (_, program, code) => {
    expect((await asked(program)).error).toMatchObject({ code });
  });
});
