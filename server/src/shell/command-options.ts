import type { Word } from "./sh-ast.ts";
import { resolveWord, type Scope } from "./sh-values.ts";

export interface ParsedArguments {
  /** Options as written without their value (`-o`, `--recursive`), in order, with the word that is their value. */
  options: { name: string; word: Word; value?: Word /** The value's text when it is known. */; text?: string }[];
  /** The words that are no options. */
  operands: Word[];
}

/**
 * Splits arguments the way getopt does. `valued` lists the options that take a value (`"o t"`, long ones in full
 * without dashes). Single letters may be joined (`-Rv`), and a value may be glued on (`-osubvol=/`, `--size=1`).
 * Words whose beginning is unknown count as operands.
 */
export function parseArguments(args: readonly Word[], valued: string, scope: Scope): ParsedArguments {
  const takesValue = new Set(valued.split(" "));
  const result: ParsedArguments = { options: [], operands: [] };
  let at = 0;
  const withValue = (name: string, word: Word) => {
    at += 1;
    const value = args[at];
    const text = value && resolveWord(value, scope).value;
    result.options.push({ name, word, ...(value ? { value } : {}), ...(text === undefined ? {} : { text }) });
  };
  for (; at < args.length; at += 1) {
    const word = args[at]!;
    const text = resolveWord(word, scope).prefix;
    if (text === "--") {
      result.operands.push(...args.slice(at + 1));
      break;
    }
    if (!text.startsWith("-") || text === "-") result.operands.push(word);
    else if (text.startsWith("--")) {
      const [name = "", glued] = text.split(/=(.*)/s);
      if (glued !== undefined) result.options.push({ name, word, value: word, text: glued });
      else if (takesValue.has(name.slice(2))) withValue(name, word);
      else result.options.push({ name, word });
    } else letters(text, word);
  }
  return result;

  function letters(text: string, word: Word): void {
    for (let index = 1; index < text.length; index += 1) {
      const name = `-${text[index]}`;
      if (!takesValue.has(text[index]!)) {
        result.options.push({ name, word });
        continue;
      }
      const glued = text.slice(index + 1);
      if (glued === "") withValue(name, word);
      else result.options.push({ name, word, value: word, text: glued });
      return;
    }
  }
}

/** Whether one of several spellings of an option is there. */
export function hasOption(parsed: ParsedArguments, ...names: string[]): boolean {
  return parsed.options.some(({ name }) => names.includes(name));
}
