import type { Word } from "./sh-ast.ts";
import { resolveWord, type Scope } from "./sh-values.ts";

export interface FindCommand {
  kind: "find";
  /** Where the search starts; none means the current directory. */
  starts: Word[];
  maxDepth?: Word;
  minDepth?: Word;
  /** Values of `-name`, `-iname`, `-path` and `-regex`, in order. */
  names: { test: string; value: Word }[];
  type?: Word;
  /** `-mtime`, `-mmin`, `-ctime` and the like, with the word that is the age. */
  ages: { test: string; value: Word }[];
  /** The commands of `-exec` and its like, without the closing `;` or `+`. */
  exec: Word[][];
  /** True for `-delete`. */
  deletes: boolean;
}

const STARTS_EXPRESSION = /^(?:-[A-Za-z]|\(|!|,)/;
const BEFORE_STARTS = new Set(["-H", "-L", "-P"]);
const AGES = new Set(["-mtime", "-mmin", "-ctime", "-cmin", "-atime", "-amin", "-newer", "-newermt", "-newerct"]);
const NAMES = new Set(["-name", "-iname", "-path", "-ipath", "-wholename", "-regex", "-iregex", "-lname"]);
const EXECUTES = new Set(["-exec", "-execdir", "-ok", "-okdir"]);

/** Reads the arguments of find(1). What it does not know by name is passed over. */
export function readFind(args: readonly Word[], scope: Scope): FindCommand {
  const text = (word: Word | undefined) => (word ? (resolveWord(word, scope).value ?? "") : "");
  const found: FindCommand = { kind: "find", starts: [], names: [], ages: [], exec: [], deletes: false };
  let at = 0;
  while (at < args.length && BEFORE_STARTS.has(text(args[at]))) at += 1;
  while (at < args.length && !STARTS_EXPRESSION.test(resolveWord(args[at]!, scope).prefix))
    found.starts.push(args[at++]!);
  for (; at < args.length; at += 1) {
    const test = text(args[at]);
    const value = args[at + 1];
    if (test === "-delete") found.deletes = true;
    if (!value) break;
    if (EXECUTES.has(test)) {
      const from = at + 1;
      do at += 1;
      while (at < args.length && !endsExec(text(args[at]), text(args[at - 1])));
      if (at > from) found.exec.push(args.slice(from, at));
    } else if (AGES.has(test)) found.ages.push({ test, value: args[++at]! });
    else if (NAMES.has(test)) found.names.push({ test, value: args[++at]! });
    else if (test === "-type") found.type = args[++at]!;
    else if (test === "-maxdepth") found.maxDepth = args[++at]!;
    else if (test === "-mindepth") found.minDepth = args[++at]!;
  }
  return found;
}

/** A plus sign ends the command only behind `{}`; elsewhere it may be an argument. */
function endsExec(text: string, before: string): boolean {
  return text === ";" || (text === "+" && before === "{}");
}
