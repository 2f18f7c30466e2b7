// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are shell texts, not template literals.
import { describe, expect, it } from "vitest";
import { comparisons, type Operand } from "./sh-comparisons.ts";
import { readShell } from "./sh-reader.ts";

function read(text: string) {
  const shown = (operand: Operand) =>
    operand.kind === "number"
      ? operand.text
      : operand.kind === "name"
        ? operand.name
        : text.slice(operand.start, operand.end);
  return comparisons(readShell(text), text).map(
    ({ operator, left, right, beside }) =>
      `${shown(left)} ${operator} ${shown(right)}${beside.length > 0 ? ` beside ${beside.map(shown).join(" ")}` : ""}`,
  );
}

describe("comparisons", () => {
  it.each<[string, string[]]>([
    ['[ "$a" = 0 ]', ['"$a" = 0']],
    ["test $a -eq 7", ["$a -eq 7"]],
    ['[ "$a" = 0 -o "$b" != 1 ]', ['"$a" = 0', '"$b" != 1']],
    ["[[ $a == 0 && $b -lt 3 ]]", ["$a = 0", "$b -lt 3"]],
    ["[[ $(date +%u) == 0 ]]", ["$(date +%u) = 0"]],
    ["(( a == 0 ))", ["a -eq 0"]],
    ["(( $a <= 3 && ${b} > 4 ))", ["a -le 3", "b -gt 4"]],
    ["(( $(date +%u) == 0 ))", ["$(date +%u) -eq 0"]],
    ["case $a in 0) x ;; 6|7) y ;; esac", ["$a case 0", "$a case 6 beside 7", "$a case 7 beside 6"]],
    ["if x; then while [ $a -ge 1 ]; do :; done; fi", ["$a -ge 1"]],
    ['echo "$([ $a = 1 ] && echo yes)"', ["$a = 1"]],
  ])("are found in %s", (text, found) => {
    expect(read(text)).toEqual(found);
  });

  it.each([
    "[ -e x ]",
    "[ -n $a ]",
    "echo = b",
    "[[ $a =~ x ]]",
    "[[ $a ]]",
    "(( a + 1 ))",
    "(( a == b ))",
    "(( a++ ))",
    "[ a",
  ])("are not found in %s", (text) => {
    expect(read(text)).toEqual([]);
  });

  it("have exact places inside of (( ))", () => {
    const text = "echo; (( day == 31 ))";
    const [found] = comparisons(readShell(text), text);
    expect(text.slice(found?.right.start, found?.right.end)).toBe("31");
  });
});
