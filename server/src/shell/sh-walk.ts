import type { Command, List, Redirect, Word } from "./sh-ast.ts";

/** Visits every command of a script, compound ones before what is in them, and those in substitutions. */
export function walkCommands(list: List, visit: (command: Command) => void): void {
  for (const { command } of list.statements) walk(command, visit);
}

function walk(node: Command, visit: (command: Command) => void): void {
  visit(node);
  const words = (all: readonly Word[]) => walkWords(all, visit);
  const redirects = (all: readonly Redirect[]) =>
    words(all.flatMap(({ target, body }) => (body ? [target, body] : [target])));
  const inner = (list: List) => walkCommands(list, visit);
  if ("redirects" in node) redirects(node.redirects);
  switch (node.kind) {
    case "simple":
      words([...node.assignments.map(({ value }) => value), ...node.words]);
      return;
    case "pipeline":
      for (const command of node.commands) walk(command, visit);
      return;
    case "and-or":
      walk(node.first, visit);
      for (const { command } of node.rest) walk(command, visit);
      return;
    case "if":
      for (const { condition, body } of node.clauses) {
        inner(condition);
        inner(body);
      }
      if (node.otherwise) inner(node.otherwise);
      return;
    case "for":
      words(node.words ?? []);
      inner(node.body);
      return;
    case "while":
      inner(node.condition);
      inner(node.body);
      return;
    case "case":
      words([node.word]);
      for (const { body } of node.arms) inner(body);
      return;
    case "function":
      walk(node.body, visit);
      return;
    case "group":
    case "subshell":
      inner(node.body);
      return;
    case "test":
      words(node.words);
      return;
    default:
  }
}

function walkWords(words: readonly Word[], visit: (command: Command) => void): void {
  for (const { parts } of words) {
    for (const part of parts) {
      if (part.kind === "command" || part.kind === "process") walkCommands(part.script, visit);
      else if (part.kind === "parameter" && part.operand) walkWords([part.operand], visit);
      else if (part.kind === "array") walkWords(part.words, visit);
    }
  }
}
