import type { PathReader } from "./rollback-paths.ts";
import type { Script, Span, Word } from "./sh-ast.ts";
import { runningCommands } from "./sh-expand.ts";

/**
 * Calls of functions that delete the subvolume given as their first argument, such as the recursive deletion that many
 * rollback scripts carry. The calls that such a function makes of itself are left out: what they get is nested.
 */
export function wipingFunctions(script: Script, paths: PathReader): { argument: Word; span: Span }[] {
  const wiping = new Set<string>();
  for (const command of paths.commands) {
    if (command.kind !== "subvolume-delete" || command.use.functionName === undefined) continue;
    const own = `\u0001argument:1:${command.use.functionName}\u0001`;
    if (command.targets.some((target) => paths.value(target).key === own)) wiping.add(command.use.functionName);
  }
  return runningCommands(script, paths.scope).flatMap(({ name, args, command, functionName }) => {
    const [argument] = args;
    if (name === undefined || !wiping.has(name) || !argument || functionName === name) return [];
    return [{ argument, span: { start: command.start, end: command.end } }];
  });
}
