import type {
  AndOr,
  Case,
  Command,
  For,
  FunctionDefinition,
  If,
  List,
  Redirect,
  Script,
  SimpleCommand,
  Span,
  While,
  Word,
} from "./sh-ast.ts";
import { innerScript } from "./sh-inner.ts";
import { unwrapCommand } from "./sh-wrappers.ts";

/** What stands around a command, from the outside in. */
export type Enclosure =
  | { kind: "function"; node: FunctionDefinition }
  | { kind: "for"; node: For }
  | { kind: "while"; node: While; part: "condition" | "body" }
  | { kind: "if"; node: If; part: "condition" | "body"; clause: number }
  /** The last branch of an `if`, taken when no condition held. */
  | { kind: "else"; node: If }
  | { kind: "case"; node: Case; patterns: Word[] }
  /** Runs only when the commands before it succeeded (`and`) or failed (`or`). */
  | { kind: "and" | "or"; node: AndOr }
  | { kind: "pipeline"; index: number; length: number }
  | { kind: "subshell"; span: Span }
  /** The text of `$(…)`, backticks or `<(…)`. */
  | { kind: "substitution"; span: Span }
  /** The action of a `trap` for a signal or an error, which may never come. */
  | { kind: "trap"; span: Span };

/** Why nobody notices that a command failed. */
export type HiddenError =
  /** `|| true` or `|| :` follows. */
  | "or-true"
  /** Its messages go to /dev/null. */
  | "stderr-discarded"
  /** It stands in the condition of `if`, `while` or `until`. */
  | "condition"
  /** `!` stands before it. */
  | "negated";

export interface CommandUse {
  command: SimpleCommand;
  /** The program without its directory: `btrfs` also for `…/bin/btrfs` with an unknown start. */
  name?: string;
  nameWord?: Word;
  /** The words after the name. */
  args: Word[];
  /** Programs in front that only run the command: `sudo`, `exec`, `env`, `xargs`, … */
  via: string[];
  /** True when more arguments come from elsewhere (`xargs`). */
  moreArgs: boolean;
  within: Enclosure[];
  /** The innermost function it stands in. */
  functionName?: string;
  /** True when it may run never or more than once: in a loop, a branch, or behind `&&` and `||`. */
  conditional: boolean;
  inPipeline: boolean;
  hidden: HiddenError[];
  /** What runs when it fails, unless that only hides the failure. */
  orElse?: Command;
  /** Why the commands that it runs from a text (`eval`, `sh -c`, `trap`) cannot be read; those that can are listed. */
  hiddenText?: string;
}

const listed = new WeakMap<List, readonly CommandUse[]>();

/**
 * All simple commands of a script in the order of the text; commands in substitutions come before the command whose
 * word they are in. Functions are visited where they are defined, called or not. A script is gone through once.
 */
export function commands(script: List): readonly CommandUse[] {
  let all = listed.get(script);
  if (!all) {
    const found: CommandUse[] = [];
    visitList(script, { within: [], hidden: [] }, found);
    listed.set(script, found);
    all = found;
  }
  return all;
}

/** Whether the script itself makes the shell stop at the first failing command: `set -e`, `set -o errexit`. */
export function hasSetE(script: Script): boolean {
  let on = false;
  for (const use of commands(script)) {
    if (use.name !== "set" || use.within.length > 0) continue;
    const words = use.args.map((word) => word.literal ?? "");
    for (const [index, word] of words.entries()) {
      const named = /^[-+][A-Za-z]*o$/.test(word) && words[index + 1] === "errexit";
      if (named || /^[-+][A-Za-z]*e/.test(word)) on = word.startsWith("-");
    }
  }
  return on;
}

interface Context {
  within: Enclosure[];
  hidden: HiddenError[];
  orElse?: Command;
}

function visitList(list: List, context: Context, found: CommandUse[]): void {
  for (const statement of list.statements) visit(statement.command, context, found);
}

function visit(node: Command, context: Context, found: CommandUse[]): void {
  switch (node.kind) {
    case "simple":
      visitSimple(node, context, found);
      return;
    case "pipeline": {
      const inner = node.negated ? hide(context, "negated") : context;
      const { length } = node.commands;
      for (const [index, command] of node.commands.entries()) {
        visit(command, length > 1 ? enter(inner, { kind: "pipeline", index, length }) : inner, found);
      }
      return;
    }
    case "and-or":
      visitAndOr(node, context, found);
      return;
    case "error":
      return;
    case "function":
      visit(node.body, { within: [...context.within, { kind: "function", node }], hidden: [] }, found);
      return;
    default:
      visitCompound(node, redirected(node.redirects, context, found), found);
  }
}

function visitCompound(
  node: Exclude<Command, { kind: "simple" | "pipeline" | "and-or" | "error" | "function" }>,
  context: Context,
  found: CommandUse[],
): void {
  switch (node.kind) {
    case "group":
      visitList(node.body, context, found);
      return;
    case "subshell":
      visitList(node.body, enter(context, { kind: "subshell", span: node }), found);
      return;
    case "test":
      visitWords(node.words, context, found);
      return;
    case "for":
      visitWords(node.words ?? [], context, found);
      visitList(node.body, enter(context, { kind: "for", node }), found);
      return;
    case "while":
      visitList(node.condition, hide(enter(context, { kind: "while", node, part: "condition" }), "condition"), found);
      visitList(node.body, enter(context, { kind: "while", node, part: "body" }), found);
      return;
    case "if":
      for (const [clause, { condition, body }] of node.clauses.entries()) {
        visitList(condition, hide(enter(context, { kind: "if", node, part: "condition", clause }), "condition"), found);
        visitList(body, enter(context, { kind: "if", node, part: "body", clause }), found);
      }
      if (node.otherwise) visitList(node.otherwise, enter(context, { kind: "else", node }), found);
      return;
    case "case":
      visitWords([node.word], context, found);
      for (const { patterns, body } of node.arms)
        visitList(body, enter(context, { kind: "case", node, patterns }), found);
  }
}

function visitAndOr(node: AndOr, context: Context, found: CommandUse[]): void {
  const steps = [{ operator: undefined, command: node.first }, ...node.rest];
  for (const [index, step] of steps.entries()) {
    const alternatives = steps.slice(index + 1).filter((later) => later.operator === "||");
    let inner = step.operator ? enter(context, { kind: step.operator === "&&" ? "and" : "or", node }) : context;
    if (alternatives.some(({ command }) => onlySucceeds(command))) inner = hide(inner, "or-true");
    else if (alternatives[0]) inner = { ...inner, orElse: alternatives[0].command };
    visit(step.command, inner, found);
  }
}

function onlySucceeds(command: Command): boolean {
  if (command.kind !== "simple" || command.words.length !== 1) return false;
  return ["true", ":"].includes(command.words[0]?.literal ?? "");
}

function visitSimple(command: SimpleCommand, context: Context, found: CommandUse[]): void {
  visitWords([...command.assignments.map((assignment) => assignment.value), ...command.words], context, found);
  const inner = redirected(command.redirects, context, found);
  const { within, hidden, orElse } = inner;
  const functions = within.flatMap((enclosure) => (enclosure.kind === "function" ? [enclosure.node.name] : []));
  const use: CommandUse = {
    command,
    ...unwrapCommand(command.words),
    within,
    conditional: within.some((enclosure) => CONDITIONAL.has(enclosure.kind) && !isCondition(enclosure)),
    inPipeline: within.some((enclosure) => enclosure.kind === "pipeline"),
    hidden,
  };
  if (orElse) use.orElse = orElse;
  if (functions.length > 0) use.functionName = functions.at(-1)!;
  found.push(use);
  visitInner(use, context, found);
}

/** The commands that a command runs from its text stand behind it. */
function visitInner(use: CommandUse, context: Context, found: CommandUse[]): void {
  const { command, name, args, within } = use;
  if (within.length > MAX_WITHIN) return;
  const inner = innerScript(name, args, command.redirects);
  if (!inner) return;
  if ("hidden" in inner) {
    use.hiddenText = inner.hidden;
    return;
  }
  let around = context;
  if (inner.own) around = enter(around, { kind: "subshell", span: command });
  if (inner.sometimes) around = enter(around, { kind: "trap", span: command });
  visitList(inner.script, around, found);
}

/** Texts inside of texts end here; no script nests them further. */
const MAX_WITHIN = 200;

const CONDITIONAL: ReadonlySet<Enclosure["kind"]> = new Set([
  ...(["for", "while", "if", "else", "case", "and", "or", "trap"] as const),
]);

/** The first condition of an `if` is always evaluated. */
function isCondition(enclosure: Enclosure): boolean {
  return enclosure.kind === "if" && enclosure.part === "condition" && enclosure.clause === 0;
}

function visitWords(words: readonly Word[], context: Context, found: CommandUse[]): void {
  for (const word of words) {
    for (const part of word.parts) {
      if (part.kind === "command" || part.kind === "process") {
        const inside: Enclosure = { kind: "substitution", span: part };
        visitList(part.script, { within: [...context.within, inside], hidden: context.hidden }, found);
      } else if (part.kind === "parameter" && part.operand) visitWords([part.operand], context, found);
      else if (part.kind === "array") visitWords(part.words, context, found);
    }
  }
}

function redirected(redirects: readonly Redirect[], context: Context, found: CommandUse[]): Context {
  for (const { target, body } of redirects) visitWords(body ? [target, body] : [target], context, found);
  return discardsErrors(redirects) ? hide(context, "stderr-discarded") : context;
}

/** Follows where standard error ends up; `2>&1` takes the place that standard output has at that point. */
function discardsErrors(redirects: readonly Redirect[]): boolean {
  const discarded = { 1: false, 2: false };
  for (const { operator, fd, target } of redirects) {
    const isNull = target.literal === "/dev/null";
    const both =
      operator.startsWith("&>") || (operator === ">&" && fd === undefined && !/^[\d-]+$/.test(target.literal ?? ""));
    if (both) discarded[1] = discarded[2] = isNull;
    else if (operator === ">&" && (fd ?? 1) === 2)
      discarded[2] = target.literal === "1" ? discarded[1] : target.literal === "-";
    else if (operator.startsWith(">") && (fd ?? 1) <= 2) discarded[(fd ?? 1) === 2 ? 2 : 1] = isNull;
  }
  return discarded[2];
}

function enter(context: Context, enclosure: Enclosure): Context {
  return { ...context, within: [...context.within, enclosure] };
}

function hide(context: Context, reason: HiddenError): Context {
  return context.hidden.includes(reason) ? context : { ...context, hidden: [...context.hidden, reason] };
}
