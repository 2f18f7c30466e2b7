import type { ScriptCommand } from "./script-commands.ts";

/**
 * Whether a command of a script has its turn before each turn of another one, by the order of the text and that in which
 * functions are called. Conditions and loops are not looked at.
 */
export function runsBefore(first: ScriptCommand, second: ScriptCommand, all: readonly ScriptCommand[]): boolean {
  const earlier = turnsOf(first, all);
  const later = turnsOf(second, all);
  return later.length > 0 && later.every((turn) => earlier.some((other) => isBefore(other, turn)));
}

/** Where the script is when it comes to a command: the offsets of the calls that lead there, and its own. */
type Turn = readonly number[];

function turnsOf(command: ScriptCommand, all: readonly ScriptCommand[], inside: readonly string[] = []): Turn[] {
  const { inFunction: name, start } = command;
  if (name === undefined) return [[start]];
  if (inside.includes(name) || inside.length > DEEPEST) return [];
  const calls = all.filter(({ program, isBare }) => isBare && program === name);
  return calls.flatMap((call) => turnsOf(call, all, [...inside, name])).map((turn) => [...turn, start]);
}

/** Functions that call each other deeper than this are followed no further. */
const DEEPEST = 4;

function isBefore(first: Turn, second: Turn): boolean {
  const index = first.findIndex((offset, at) => offset !== second[at]);
  const mine = first[index];
  const other = second[index];
  return mine !== undefined && other !== undefined && mine < other;
}
