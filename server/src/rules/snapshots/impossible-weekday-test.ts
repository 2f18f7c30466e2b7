import { offer } from "../../edits/fix-plan.ts";
import { replaceTextAt } from "../../edits/place-edit.ts";
import type { Script } from "../../host/host.ts";
import { commandsOf } from "../../host/script-commands.ts";
import { type DateField, dateFieldOf } from "../../shell/date-fields.ts";
import type { Word } from "../../shell/sh-ast.ts";
import { type Comparison, comparisons, type Operand } from "../../shell/sh-comparisons.ts";
import type { Scope } from "../../shell/sh-values.ts";
import { defineRule, type RuleContext } from "../rule.ts";

/** `date +%u` counts 1 to 7 and `%w` 0 to 6: a test for the other's Sunday is never true. */
export const impossibleWeekdayTest = defineRule({
  code: "IMP606",
  name: "impossible-weekday-test",
  group: "snapshots",
  severity: "error",
  since: "0.1.0",

  check(context) {
    for (const script of context.host.scripts) {
      if (!script.text.includes("date")) continue;
      const { shell, scope } = commandsOf(script);
      for (const comparison of comparisons(shell, script.text)) checkComparison(context, script, comparison, scope);
    }
  },
});

const NEVER: Readonly<Partial<Record<Comparison["operator"], string>>> = {
  "-gt": "nothing above",
  "-lt": "nothing below",
};

function checkComparison(context: RuleContext, script: Script, comparison: Comparison, scope: Scope): void {
  const { left, right, operator } = comparison;
  const mirrored = /^(?:!?=|-eq|-ne)$/.test(operator) && fieldOf(left, scope) === undefined;
  const field = fieldOf(mirrored ? right : left, scope);
  const value = literalOf(mirrored ? left : right);
  if (!field || !value) return;
  const outcomes = field.values.map((printed) => holds(printed, operator, value.text));
  const never = outcomes.every((outcome) => outcome === false);
  const always = outcomes.every((outcome) => outcome === true) && /^(?:!=|-ne)$/.test(operator);
  if (!never && !always) return;
  if (comparison.beside.some((other) => isPossible(other, field))) return;
  const { start, end, text } = value;
  const [first, last] = [field.values[0], field.values.at(-1)];
  const sunday = { "%u": "7", "%w": "0" }[field.format];
  const meant = meantBy(text, field, operator);
  const effect = always
    ? "this test is always true"
    : operator === "case"
      ? "this branch never runs"
      : "this test is never true, and what it guards never runs";
  const named = sunday === undefined ? "" : ` (Sunday is ${sunday})`;
  const isSunday = sunday !== undefined && meant === sunday;
  context.report({
    at: script.placeOf(start, end) ?? script.place,
    message: `\`date +${field.format}\` prints ${first} to ${last}${named}, ${NEVER[operator] ?? "never"} ${text}${operator === "-ge" ? " or more" : operator === "-le" ? " or less" : ""}: ${effect}.`,
    help: isSunday
      ? `Compare with ${sunday} for Sunday, or let the timer choose the day: OnCalendar = "Sun 03:00".`
      : `Compare with ${meant ?? `a number from ${first} to ${last}`}.`,
    fixes: () =>
      meant === undefined
        ? []
        : offer(replaceTextAt(context, script.placeOf(start, end), text, meant), {
            title: `Compare with ${meant}${isSunday ? " (Sunday)" : ""}`,
            safety: "safe",
            preferred: true,
          }),
  });
}

function fieldOf(operand: Operand, scope: Scope): DateField | undefined {
  if (operand.kind === "word") return dateFieldOf(operand, scope);
  if (operand.kind === "number") return undefined;
  const { name, start, end } = operand;
  const part = { kind: "parameter" as const, name, start, end, quoted: true };
  return dateFieldOf({ kind: "word", parts: [part], start, end, glob: false, brace: false }, scope);
}

/** A value that the script writes down, at its place without quotes. */
function literalOf(operand: Operand): { text: string; start: number; end: number } | undefined {
  if (operand.kind === "number") return operand;
  if (operand.kind !== "word" || operand.glob || operand.literal === undefined) return undefined;
  const parts = operand.parts.filter(({ start, end }) => end > start);
  const [part] = parts;
  if (parts.length !== 1 || part?.kind !== "literal" || part.end - part.start !== part.value.length) return undefined;
  return /^\d+$/.test(part.value) ? { text: part.value, start: part.start, end: part.end } : undefined;
}

function holds(printed: string, operator: Comparison["operator"], text: string): boolean {
  const [left, right] = [Number(printed), Number(text)];
  switch (operator) {
    case "=":
    case "case":
      return printed === text;
    case "!=":
      return printed !== text;
    case "-eq":
      return left === right;
    case "-ne":
      return left !== right;
    case "-lt":
      return left < right;
    case "-le":
      return left <= right;
    case "-gt":
      return left > right;
    case "-ge":
      return left >= right;
  }
}

/** Another pattern of the branch that matches, or one that cannot be judged. */
function isPossible(pattern: Word, { values }: DateField): boolean {
  const literal = literalOf(pattern);
  return !literal || values.includes(literal.text);
}

/** The Sunday of the other count, or the same number as the field writes it. */
function meantBy(text: string, { format, values }: DateField, operator: Comparison["operator"]): string | undefined {
  if (/^-[lg][te]$/.test(operator)) return undefined;
  if (format === "%u" && text === "0") return "7";
  if (format === "%w" && text === "7") return "0";
  return values.find((value) => Number(value) === Number(text));
}
