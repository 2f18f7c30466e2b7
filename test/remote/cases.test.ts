import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

/** What README.md says: a case with its number, and the tests that show it. */
const rows = [...readFileSync("test/remote/README.md", "utf8").matchAll(/^\| (\d+|\+) \| (.+) \| (.+) \|$/gm)].map(
  ([, number = "", name = "", tests = ""]) => ({ number, name, tests: tests.split("; ") }),
);

it("each of the 48 cases is there once", () => {
  const numbers = rows.flatMap(({ number }) => (number === "+" ? [] : [Number(number)]));
  expect(numbers).toEqual(Array.from({ length: 48 }, (_, index) => index + 1));
});

it.each(rows.map(({ name, tests }) => [name, tests] as const))("%s: the tests that are named are there", (_, tests) => {
  for (const test of tests) {
    const [file = "", ...rest] = test.split(": ");
    const words = rest.join(": ");
    const text = readFileSync(`${file.includes("/") ? file : `test/remote/${file}`}.test.ts`, "utf8");
    // In a text between quotes on one line: a title, or a row of a table of cases.
    const titles = text.split("\n").filter((line) => /["'`].*["'`]/.test(line) && line.includes(words));
    expect(titles, test).not.toEqual([]);
    expect(words.length, test).toBeGreaterThan(4);
  }
});
