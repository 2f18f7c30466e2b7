import type { List, Word } from "./sh-ast.ts";

/**
 * What `$(…)` yields when the command only repeats or takes apart its arguments: `echo`, `printf %s`, `dirname` and
 * `basename`. Undefined for all other commands.
 */
export function constantOutput(script: List, read: (word: Word) => string | undefined): string | undefined {
  const [statement] = script.statements;
  const command = statement?.command;
  if (script.statements.length !== 1 || statement?.background || command?.kind !== "simple") return undefined;
  if (command.assignments.length > 0 || command.redirects.length > 0) return undefined;
  const [name, ...words] = command.words;
  const isPlain = (word: Word) => word.parts.every(({ kind, quoted }) => kind === "literal" || quoted) && !word.glob;
  const args = words.map((word) => (isPlain(word) ? read(word) : undefined));
  if (!args.every((text) => text !== undefined)) return undefined;
  const text = outputOf(name?.literal ?? "", args);
  return text?.replace(/\n+$/, "");
}

function outputOf(name: string, args: readonly string[]): string | undefined {
  const [first = "", second] = args;
  // Options and escapes differ from shell to shell.
  if (args.length === 0 || first.startsWith("-") || args.some((text) => text.includes("\\") && name === "echo"))
    return undefined;
  switch (name) {
    case "echo":
      return args.join(" ");
    case "printf":
      if (args.length === 1) return /[%\\]/.test(first) ? undefined : first;
      return args.length === 2 && /^%s(?:\\n)?$/.test(first) ? second : undefined;
    case "dirname":
      return args.length === 1 && /[^/]\/[^/]+$/.test(first) ? first.slice(0, first.lastIndexOf("/")) : undefined;
    case "basename":
      return args.length === 1 && !first.endsWith("/") ? first.slice(first.lastIndexOf("/") + 1) : undefined;
    default:
      return undefined;
  }
}
