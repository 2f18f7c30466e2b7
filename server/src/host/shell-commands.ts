/** One simple command of a shell script, with plain variables filled in. */
export interface ShellCommand {
  readonly words: readonly string[];
}

/** Words that stand before a command without being one. */
const KEYWORDS = new Set(["if", "then", "else", "elif", "do", "while", "until", "!", "{", "(", "sudo", "exec", "time"]);

/**
 * The simple commands of a script, in order: enough to see which subvolumes it names. Variables that are
 * assigned once, to a text without substitutions, are filled in; the others keep their `$`.
 */
export function shellCommands(text: string): ShellCommand[] {
  const values = new Map<string, string>();
  const commands: ShellCommand[] = [];
  for (const line of text.replace(/\\\n/g, " ").split(/\n|;|&&|\|\|?|(?<![>&])&(?![>&])/)) {
    const words = wordsOf(line, values);
    while (words[0] !== undefined && KEYWORDS.has(words[0])) words.shift();
    const assignment = /^(?:export |local )?([A-Za-z_]\w*)=(.*)$/.exec(words.length === 1 ? (words[0] ?? "") : "");
    if (assignment?.[1] !== undefined) values.set(assignment[1], assignment[2] ?? "");
    else if (words.length > 0) commands.push({ words });
  }
  return commands;
}

function wordsOf(line: string, values: ReadonlyMap<string, string>): string[] {
  const words: string[] = [];
  for (const match of line.matchAll(/#.*$|(?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s"'\\])+/g)) {
    if (match[0].startsWith("#")) break;
    const word = match[0].replace(
      /"((?:\\.|[^"\\])*)"|'([^']*)'|\\(.)/g,
      (_, double, single, escaped) => double ?? single ?? escaped,
    );
    words.push(word.replace(/\$(?:\{(\w+)\}|(\w+))/g, (whole, braced, plain) => values.get(braced ?? plain) ?? whole));
  }
  return words;
}
