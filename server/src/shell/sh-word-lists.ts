import type { Word, WordPart } from "./sh-ast.ts";
import { type Scope, variableAt } from "./sh-scope.ts";

const MOST_WORDS = 64;

/** The words that the shell makes of one: those of an array that the script writes down, and those of its braces. */
export function expandLists(words: readonly Word[], scope: Scope): Word[] {
  return words.flatMap((word) => {
    const items = arrayItems(word, scope);
    if (items) return items.map((item) => moved(item, word));
    return word.brace ? (expandBraces(word, 0) ?? [word]) : [word];
  });
}

/** Whether a word may become several by `expandLists`. */
export function isWordList(word: Word): boolean {
  return word.brace || isArray(word);
}

function isArray(word: Word): boolean {
  return listName(word) !== undefined;
}

/** The name in `"${list[@]}"`; the quotes may leave an empty text before it. */
function listName(word: Word): string | undefined {
  const [part, ...more] = word.parts.filter(({ start, end }) => end > start);
  if (part?.kind !== "parameter" || part.operator !== undefined || more.length > 0) return undefined;
  return /^(\w+)\[[@*]\]$/.exec(part.name ?? "")?.[1];
}

/** The words of `"${list[@]}"` when the script writes the list down once. */
function arrayItems(word: Word, scope: Scope): Word[] | undefined {
  const name = listName(word);
  if (name === undefined) return undefined;
  const variable = variableAt(scope, name, word.start);
  const [list] = variable.kind === "assigned" ? variable.value.parts : [];
  return list?.kind === "array" && list.words.length <= MOST_WORDS ? list.words : undefined;
}

/** One level of `{a,b}` after the other; undefined for what is no plain list, such as `{1..3}` or nested braces. */
function expandBraces(word: Word, depth: number): Word[] | undefined {
  if (depth > 3) return undefined;
  for (const [index, part] of word.parts.entries()) {
    if (part.kind !== "literal" || part.quoted) continue;
    const match = /\{([^{}]*,[^{}]*)\}/.exec(part.value);
    if (!match) continue;
    // Braces around these braces: the words of the inner ones are not those of the whole.
    if (isOpen(part.value.slice(0, match.index))) return undefined;
    const before = part.value.slice(0, match.index);
    const after = part.value.slice(match.index + match[0].length);
    const results = match[1]!.split(",").map((choice) => {
      const parts = word.parts.with(index, { ...part, value: `${before}${choice}${after}` });
      const rest = parts.some((other) => other.kind === "literal" && !other.quoted && /\{[^{}]*,/.test(other.value));
      const made = withParts(word, parts);
      return rest ? expandBraces(made, depth + 1) : [made];
    });
    const all = results.flatMap((made) => made ?? []);
    return results.every((made) => made !== undefined) && all.length <= MOST_WORDS ? all : undefined;
  }
  return undefined;
}

function isOpen(text: string): boolean {
  return text.lastIndexOf("{") > text.lastIndexOf("}");
}

function withParts(word: Word, parts: WordPart[]): Word {
  const { literal: _, ...rest } = word;
  const isLiteral = parts.every((part) => part.kind === "literal");
  const text = parts.map((part) => (part.kind === "literal" ? part.value : "")).join("");
  return { ...rest, parts, brace: false, ...(isLiteral ? { literal: text } : {}) };
}

/** A word of a list keeps its own place inside its parts, for variables in it, and is shown where it is used. */
function moved(item: Word, { start, end }: Word): Word {
  return { ...item, start, end };
}
