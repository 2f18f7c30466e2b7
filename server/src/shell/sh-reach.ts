import type { Command, List } from "./sh-ast.ts";
import type { CommandUse, Enclosure } from "./sh-commands.ts";

/**
 * The commands that may run: those in functions that nobody calls, behind an `exit` that always comes, and in branches of
 * a plain `true` or `false` are left out. A function counts as called wherever its name is an argument, and all of them
 * do when a command of the script is not known.
 */
export function reachableCommands(uses: readonly CommandUse[]): CommandUse[] {
  const end = uses.find((use) => use.within.length === 0 && leaves(use))?.command.end ?? Number.POSITIVE_INFINITY;
  const live = uses.filter(
    (use) => !use.within.some(isDead) && (use.functionName !== undefined || use.command.start < end),
  );
  const called = calledFunctions(live);
  return live.filter((use) => functionsOf(use).every((name) => called === "all" || called.has(name)));
}

function calledFunctions(uses: readonly CommandUse[]): ReadonlySet<string> | "all" {
  const defined = new Set(uses.flatMap(functionsOf));
  if (defined.size === 0) return defined;
  const called = new Set<string>();
  for (let before = -1; before !== called.size; ) {
    before = called.size;
    for (const use of uses) {
      if (!functionsOf(use).every((name) => called.has(name))) continue;
      const isOpen = use.name === undefined && use.command.words.length > 0;
      if (isOpen || use.hiddenText !== undefined) return "all";
      for (const name of [use.name ?? "", ...use.command.words.map(({ literal }) => literal ?? "")])
        if (defined.has(name)) called.add(name);
    }
  }
  return called;
}

/** `exit`, and `exec` of another program, end the script; `exec` with redirections alone does not. */
function leaves({ name, via }: CommandUse): boolean {
  return name === "exit" || via[0] === "exec";
}

function functionsOf({ within }: CommandUse): string[] {
  return within.flatMap((enclosure) => (enclosure.kind === "function" ? [enclosure.node.name] : []));
}

function isDead(enclosure: Enclosure): boolean {
  if (enclosure.kind === "while" && enclosure.part === "body") {
    return onlyCommand(enclosure.node.condition) === (enclosure.node.until ? "true" : "false");
  }
  if (enclosure.kind === "else")
    return enclosure.node.clauses.some(({ condition }) => onlyCommand(condition) === "true");
  if (enclosure.kind !== "if") return false;
  const { node, clause, part } = enclosure;
  if (node.clauses.slice(0, clause).some(({ condition }) => onlyCommand(condition) === "true")) return true;
  return part === "body" && onlyCommand(node.clauses[clause]!.condition) === "false";
}

/** `true` or `false` when a list is nothing but that. */
function onlyCommand({ statements }: List): string | undefined {
  const command: Command | undefined = statements[0]?.command;
  if (statements.length !== 1 || command?.kind !== "simple" || command.words.length !== 1) return undefined;
  const text = command.words[0]?.literal;
  return text === ":" ? "true" : text;
}
