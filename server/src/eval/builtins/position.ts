import type { Call } from "../builtin.ts";
import { Cell, NixAttrs, type Slot, type Value } from "../value.ts";

/** `{ file, line, column }` of where an attribute is written, or null when no file says so. */
export function positionOf(slot: Slot | undefined, call: Call): Value {
  if (!slot || slot.copied) return null;
  const { file } = slot.site;
  const source = call.world.files.read(file);
  if (!("text" in source)) return null;
  const offset = slot.name?.start ?? slot.binding?.start ?? slot.site.expr.start;
  const before = source.text.slice(0, offset);
  const lineStart = before.lastIndexOf("\n") + 1;
  const line = before.split("\n").length;
  return NixAttrs.of({
    file: Cell.of(file, call.at),
    line: Cell.of(line, call.at),
    column: Cell.of(offset - lineStart + 1, call.at),
  });
}
