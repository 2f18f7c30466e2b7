import { HOLE } from "../../eval/value.ts";
import type { Script } from "../../host/host.ts";
import { commandsOf } from "../../host/script-commands.ts";
import type { Command, List, SimpleCommand, Word } from "../../shell/sh-ast.ts";

/** A word of a command with its value; what is only known when the script runs is one HOLE character. */
export interface ScriptWord {
  readonly text: string;
  /** Offsets in the script's text. */
  readonly start: number;
  readonly end: number;
}

/** A simple command of a script, wherever it stands. */
export interface ScriptCommand {
  readonly script: Script;
  /** The last part of the program's path. */
  readonly program: string;
  /** The program is named without a directory, so PATH finds it. */
  readonly isBare: boolean;
  readonly words: readonly ScriptWord[];
  /** The function it stands in. */
  readonly inFunction: string | undefined;
  readonly start: number;
  readonly end: number;
}

/** Programs that run the command behind them. */
const PREFIXES = new Set(["sudo", "exec", "time", "command", "nice", "ionice"]);

/**
 * All simple commands of a script in order, those in substitutions, functions and `find -exec` included. Variables that are
 * assigned once, to a plain text, are filled in.
 */
export function scriptCommands(script: Script): readonly ScriptCommand[] {
  let found = listed.get(script);
  if (!found) {
    found = readCommands(script);
    listed.set(script, found);
  }
  return found;
}

/** Many rules ask for the commands of the same scripts. */
const listed = new WeakMap<Script, readonly ScriptCommand[]>();

function readCommands(script: Script): readonly ScriptCommand[] {
  const tree = commandsOf(script).shell;
  const simple: { command: SimpleCommand; inFunction: string | undefined }[] = [];
  visitList(tree, undefined, (command, inFunction) => simple.push({ command, inFunction }));
  const values = plainVariables(simple.map(({ command }) => command));
  return simple.flatMap(({ command, inFunction }) => {
    const words = command.words.map((word) => ({ text: textOf(word, values), start: word.start, end: word.end }));
    return [words, ...executed(words)].flatMap((own) => commandOf(script, own, inFunction));
  });
}

function commandOf(script: Script, words: readonly ScriptWord[], inFunction: string | undefined): ScriptCommand[] {
  let from = 0;
  while (PREFIXES.has(words[from]?.text ?? "")) from++;
  const [first] = words.slice(from);
  const last = words.at(-1);
  if (!first || !last) return [];
  return [
    {
      script,
      program: first.text.split("/").at(-1) ?? "",
      isBare: !first.text.includes("/") && !first.text.includes(HOLE),
      words: words.slice(from),
      inFunction,
      start: first.start,
      end: last.end,
    },
  ];
}

/** What `find -exec COMMAND ;` and `xargs COMMAND` run. */
function executed(words: readonly ScriptWord[]): (readonly ScriptWord[])[] {
  const program = words[0]?.text;
  if (program === "xargs") {
    const at = words.findIndex(
      (word, index) => index > 0 && !word.text.startsWith("-") && !/^\d+$|^\{\}$/.test(word.text),
    );
    return at > 0 ? [words.slice(at)] : [];
  }
  if (program !== "find") return [];
  const found: (readonly ScriptWord[])[] = [];
  for (const [index, word] of words.entries()) {
    if (!/^-(exec|ok)(dir)?$/.test(word.text)) continue;
    const length = words.slice(index + 1).findIndex(({ text }) => text === ";" || text === "+");
    found.push(words.slice(index + 1, length < 0 ? undefined : index + 1 + length));
  }
  return found;
}

type Visit = (command: SimpleCommand, inFunction: string | undefined) => void;

function visitList(list: List, inFunction: string | undefined, visit: Visit): void {
  for (const { command } of list.statements) visitCommand(command, inFunction, visit);
}

function visitCommand(command: Command, inFunction: string | undefined, visit: Visit): void {
  const list = (inner: List) => visitList(inner, inFunction, visit);
  switch (command.kind) {
    case "simple":
      visit(command, inFunction);
      for (const word of command.words) visitWord(word, inFunction, visit);
      for (const { value } of command.assignments) visitWord(value, inFunction, visit);
      return;
    case "pipeline":
      for (const part of command.commands) visitCommand(part, inFunction, visit);
      return;
    case "and-or":
      visitCommand(command.first, inFunction, visit);
      for (const part of command.rest) visitCommand(part.command, inFunction, visit);
      return;
    case "if":
      for (const { condition, body } of command.clauses) {
        list(condition);
        list(body);
      }
      if (command.otherwise) list(command.otherwise);
      return;
    case "for":
      for (const word of command.words ?? []) visitWord(word, inFunction, visit);
      list(command.body);
      return;
    case "while":
      list(command.condition);
      list(command.body);
      return;
    case "case":
      for (const { body } of command.arms) list(body);
      return;
    case "function":
      visitCommand(command.body, command.name, visit);
      return;
    case "group":
    case "subshell":
      list(command.body);
      return;
    case "test":
      for (const word of command.words) visitWord(word, inFunction, visit);
      return;
    default:
  }
}

function visitWord(word: Word, inFunction: string | undefined, visit: Visit): void {
  for (const part of word.parts) {
    if (part.kind === "command" || part.kind === "process") visitList(part.script, inFunction, visit);
  }
}

function plainVariables(commands: readonly SimpleCommand[]): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  const repeated = new Set<string>();
  for (const { name, partial, value } of commands.flatMap(({ assignments }) => assignments)) {
    if (values.has(name) || partial || value.literal === undefined) repeated.add(name);
    else values.set(name, value.literal);
  }
  for (const name of repeated) values.delete(name);
  return values;
}

function textOf(word: Word, values: ReadonlyMap<string, string>): string {
  if (word.literal !== undefined) return word.literal;
  return word.parts
    .map((part) => {
      if (part.kind === "literal") return part.value;
      if (part.kind === "parameter" && part.operator === undefined && part.name !== undefined) {
        return values.get(part.name) ?? HOLE;
      }
      return part.kind === "tilde" ? "~" : HOLE;
    })
    .join("");
}
