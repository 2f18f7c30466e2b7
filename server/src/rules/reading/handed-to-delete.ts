import type { ScriptCommands } from "../../host/script-commands.ts";
import type { Span } from "../../shell/sh-ast.ts";
import type { CommandUse } from "../../shell/sh-commands.ts";

/** How what a command prints comes to be deleted. */
export interface Handing {
  /** The script's text from the end of the command to where its output arrives: pipes, and what they go through. */
  readonly through: string;
  /** What stands in the loop before the delete: tests, mostly. */
  readonly before: string;
}

/**
 * How `btrfs subvolume delete` gets what a command prints, from a loop or `xargs` behind it, directly or by a function of
 * the script; undefined where it does not, or in a way that is not read.
 */
export function handedToDelete(command: Span, { storage, running }: ScriptCommands, text: string): Handing | undefined {
  const deletes = storage.filter(({ kind }) => kind === "subvolume-delete").map(({ use }) => use);
  const deleting = new Set(deletes.flatMap(({ functionName }) => functionName ?? []));
  const calls = running.filter(({ name, functionName }) => name && deleting.has(name) && functionName !== name);
  for (const use of [...deletes, ...calls]) {
    const handing = handedTo(command, use, text);
    if (handing) return handing;
  }
  return undefined;
}

/** How another command gets what a command prints, from a loop or `xargs` behind it. */
export function handedTo(from: Span, use: CommandUse, text: string): Handing | undefined {
  const piped = text.slice(from.end, use.command.start);
  if (use.via.includes("xargs") && isPipe(piped)) return { through: piped, before: "" };
  for (const around of use.within) {
    if (around.kind === "for") {
      const word = around.node.words?.find(({ start, end }) => start <= from.start && from.end <= end);
      if (!word) continue;
      return {
        through: text.slice(from.end, word.end),
        before: text.slice(around.node.body.start, use.command.start),
      };
    }
    if (around.kind !== "while" || around.part !== "body") continue;
    const { start, end, body } = around.node;
    const before = text.slice(body.start, use.command.start);
    // The list comes by a pipe, or from `done < <(find …)`.
    if (isPipe(text.slice(from.end, start))) return { through: text.slice(from.end, start), before };
    if (from.start >= body.end && from.end <= end) return { through: text.slice(from.end, end), before };
  }
  return undefined;
}

/** Whether only a pipe stands between two commands, or one through others such as `sort`. */
function isPipe(between: string): boolean {
  return /^\s*(\|[^|&;(){}]*)*\|\s*$/.test(between);
}
