import type { Assignment, FunctionDefinition, List, Span, Word } from "./sh-ast.ts";
import { type CommandUse, commands } from "./sh-commands.ts";

/** The variables of a script; made once by `scopeOf`. */
export interface Scope {
  readonly writes: ReadonlyMap<string, readonly Write[]>;
  readonly functions: readonly FunctionDefinition[];
  /** The arguments of each call of a function from outside of it, in the order of the text. */
  readonly calls: ReadonlyMap<string, readonly (readonly Word[])[]>;
  /** Functions that give their arguments other numbers (`shift`, `set -- …`). */
  readonly renumbered: ReadonlySet<string>;
  /** Values that take precedence, for one turn of a loop or one call of a function. */
  readonly fixed?: Readonly<Record<string, string>>;
  /** Variables that are set before the script runs; what it assigns itself takes precedence. */
  readonly environment?: Readonly<Record<string, string>>;
}

interface Write extends Span {
  kind: "assignment" | "loop" | "read";
  assignment?: Assignment;
  words?: Word[];
  conditional: boolean;
  functionName?: string;
  /** True when `local` keeps it from the rest of the script. */
  local: boolean;
  /** The subshell in which alone it has effect. */
  subshell?: Span;
}

/** What is known about a variable at a place in the script. */
export type Variable =
  | { kind: "assigned"; value: Word }
  | { kind: "loop"; words?: Word[] }
  | { kind: "unset" }
  | { kind: "parameter"; functionName: string }
  | { kind: "uncertain"; reason: (name: string) => string };

const READERS = new Set(["read", "mapfile", "readarray", "getopts", "unset"]);
const LOCALS = new Set(["local", "declare", "typeset"]);

/** Collects every place that gives a variable a value. */
export function scopeOf(script: List): Scope {
  const writes = new Map<string, Write[]>();
  const functions = new Set<FunctionDefinition>();
  const loops = new Set<object>();
  const add = (name: string, write: Write) => grow(writes, name, write);
  const calls = new Map<string, Word[][]>();
  const renumbered = new Set<string>();
  for (const use of commands(script)) {
    // What a function hands to itself lies below what it was called with.
    if (use.name !== undefined && use.name !== use.functionName) grow(calls, use.name, [...use.args]);
    if (use.functionName !== undefined && (use.name === "shift" || (use.name === "set" && use.args.some(isDashes))))
      renumbered.add(use.functionName);
    for (const enclosure of use.within) {
      if (enclosure.kind === "function") functions.add(enclosure.node);
      if (enclosure.kind !== "for" || loops.has(enclosure.node)) continue;
      loops.add(enclosure.node);
      const { variable, words, start, end } = enclosure.node;
      add(variable, {
        kind: "loop",
        conditional: true,
        local: false,
        start,
        end,
        ...(words ? { words } : {}),
        ...ownerOf(use),
      });
    }
    for (const [name, write] of writesOf(use)) add(name, write);
  }
  return { writes, functions: [...functions], calls, renumbered };
}

function grow<V>(all: Map<string, V[]>, name: string, value: V): void {
  const known = all.get(name);
  if (known) known.push(value);
  else all.set(name, [value]);
}

/** What a variable holds where it is used. */
export function variableAt(scope: Scope, name: string, offset: number): Variable {
  const inside = scope.functions.filter(({ start, end }) => start <= offset && offset < end).map((node) => node.name);
  if (/^[^A-Za-z_]/.test(name)) return { kind: "parameter", functionName: inside.at(-1) ?? "" };
  const uncertain = (reason: (name: string) => string): Variable => ({ kind: "uncertain", reason });
  const all = scope.writes.get(name) ?? [];
  const writes = all.filter(({ local, functionName }) => !local || inside.includes(functionName ?? ""));
  if (writes.length === 0) return { kind: "unset" };
  if (writes.every(({ kind }) => kind === "loop")) {
    const loop = writes.findLast(({ start, end }) => start <= offset && offset < end);
    if (!loop) return uncertain((variable) => `“${variable}” is the variable of a loop that is over`);
    return loop.words ? { kind: "loop", words: loop.words } : { kind: "loop" };
  }
  const write = writes[0]!;
  if (writes.length > 1) return uncertain((variable) => `“${variable}” is assigned more than once`);
  if (!write.assignment) return uncertain((variable) => `“${variable}” is read from input`);
  if (write.assignment.partial) return uncertain((variable) => `“${variable}” is put together from several pieces`);
  if (write.conditional) return uncertain((variable) => `“${variable}” is assigned only under a condition`);
  if (write.subshell && !(write.subshell.start <= offset && offset < write.subshell.end)) {
    return uncertain((variable) => `“${variable}” is assigned in a subshell`);
  }
  if (write.functionName !== undefined && !inside.includes(write.functionName)) {
    return uncertain((variable) => `“${variable}” is assigned inside a function`);
  }
  if (write.end > offset && write.functionName === inside.at(-1)) {
    return uncertain((variable) => `“${variable}” is used before it is assigned`);
  }
  return { kind: "assigned", value: write.assignment.value };
}

function writesOf(use: CommandUse): [string, Write][] {
  const { command } = use;
  // `A=1 program` sets the variable for that program only.
  const own = command.words.length === 0 ? command.assignments : [];
  const subshell = use.within.findLast(
    (enclosure) => enclosure.kind === "subshell" || enclosure.kind === "substitution",
  );
  const common = {
    conditional: use.conditional || use.inPipeline,
    local: use.functionName !== undefined && LOCALS.has(use.name ?? ""),
    start: command.start,
    end: command.end,
    ...(subshell && "span" in subshell ? { subshell: subshell.span } : {}),
    ...ownerOf(use),
  };
  const found = [...own, ...command.declared].map((assignment): [string, Write] => [
    assignment.name,
    { kind: "assignment", assignment, ...common, start: assignment.start, end: assignment.end },
  ]);
  for (const name of namesRead(use)) found.push([name, { kind: "read", ...common, conditional: true }]);
  return found;
}

function isDashes({ literal }: Word): boolean {
  return literal === "--";
}

/** The variables that `read` and its like fill; every word that could be a name counts. */
function namesRead(use: CommandUse): string[] {
  const words = use.args.map(({ literal }) => literal ?? "");
  if (use.name === "printf") return words[0] === "-v" && words[1] ? [words[1]] : [];
  return READERS.has(use.name ?? "") ? words.filter((word) => /^[A-Za-z_]\w*$/.test(word)) : [];
}

function ownerOf(use: CommandUse): { functionName?: string } {
  return use.functionName === undefined ? {} : { functionName: use.functionName };
}
