import type { Hole, Script } from "./sh-ast.ts";
import type { ShellSource } from "./sh-source.ts";

/**
 * Reads a command substitution in backticks from its first backtick on. The shell removes backslashes before it reads
 * the commands, so these are read from a text of their own and their offsets are moved back to the text they stand in.
 * As in bash, a mistake inside does not spoil the script around it.
 */
export function readBackticks(
  source: ShellSource,
  start: number,
  quoted: boolean,
  depth: number,
): { script: Script; end: number } {
  const { text } = source;
  const offsets: number[] = [];
  let inner = "";
  let at = start + 1;
  const take = (offset: number) => {
    offsets.push(offset);
    inner += text[offset];
  };
  const holes: Hole[] = [];
  while (at < text.length && text[at] !== "`") {
    const hole = source.holeAt(at);
    if (hole) {
      const from = inner.length;
      for (let offset = hole.start; offset < hole.end; offset += 1) take(offset);
      holes.push({ ...hole, start: from, end: inner.length });
      at = hole.end;
      continue;
    }
    const next = text[at + 1];
    if (
      text[at] === "\\" &&
      next !== undefined &&
      (next === "`" || next === "\\" || next === "$" || (quoted && next === '"'))
    ) {
      at += 1;
    }
    take(at);
    at += 1;
  }
  if (at >= text.length) source.fail(start, "The backtick is never closed.");
  offsets.push(at);
  const script = source.readText(inner, holes, depth);
  moveOffsets(script, offsets, new Set());
  return { script, end: Math.min(at + 1, text.length) };
}

/** Rewrites every `start`, `end` and `nameEnd` below a node; offsets may never be moved twice, hence the set. */
function moveOffsets(node: unknown, offsets: readonly number[], seen: Set<object>): void {
  if (typeof node !== "object" || node === null || seen.has(node)) return;
  seen.add(node);
  for (const [key, value] of Object.entries(node)) {
    if (typeof value === "number" && (key === "start" || key === "end" || key === "nameEnd")) {
      // An end lies behind the character before it: removed backslashes after it are not part of the node.
      const moved = key === "start" || value === 0 ? offsets[value] : (offsets[value - 1] ?? 0) + 1;
      Object.assign(node, { [key]: moved ?? offsets.at(-1) });
    } else moveOffsets(value, offsets, seen);
  }
}
