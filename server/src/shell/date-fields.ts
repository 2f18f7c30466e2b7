import type { List, Word } from "./sh-ast.ts";
import { resolveWord, type Scope } from "./sh-values.ts";
import { unwrapCommand } from "./sh-wrappers.ts";

/** A field of date(1) that counts through a few values. */
export interface DateField {
  /** As written: `%u`. */
  readonly format: string;
  readonly values: readonly string[];
}

const padded = (from: number, to: number) => numbers(from, to).map((text) => text.padStart(2, "0"));
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  "%u": numbers(1, 7),
  "%w": numbers(0, 6),
  "%d": padded(1, 31),
  "%-d": numbers(1, 31),
  "%m": padded(1, 12),
  "%-m": numbers(1, 12),
  "%H": padded(0, 23),
  "%-H": numbers(0, 23),
};

/** The field that a word holds: `$(date +%u)`, or a variable that was set to it. */
export function dateFieldOf(word: Word, scope: Scope): DateField | undefined {
  const pieces = resolveWord(word, scope).pieces.filter((piece) => !("text" in piece) || piece.text !== "");
  const [piece] = pieces;
  if (pieces.length !== 1 || !piece || !("command" in piece) || !piece.command) return undefined;
  return fieldOfOutput(piece.command, scope);
}

function fieldOfOutput(script: List, scope: Scope): DateField | undefined {
  const command = script.statements[0]?.command;
  if (script.statements.length !== 1 || command?.kind !== "simple") return undefined;
  const { name, args } = unwrapCommand(command.words);
  const format = args.map((arg) => resolveWord(arg, scope).value ?? "").find((text) => text.startsWith("+"));
  const values = name === "date" && format !== undefined ? FIELDS[format.slice(1)] : undefined;
  return values && { format: format!.slice(1), values };
}

function numbers(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => String(from + index));
}
