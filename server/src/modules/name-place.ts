import type { Place } from "../eval/origin.ts";
import { slotPlace } from "../eval/value.ts";
import type { Definition } from "./option-node.ts";

/** The attribute name of a definition, else the place of its value. */
export function nameOf({ cell, name, place, file: written }: Definition): Place | undefined {
  const file = cell.slot?.site.file ?? place?.file ?? written;
  const span = cell.slot?.name ?? name;
  return span ? { file, start: span.start, end: span.end } : (place ?? slotPlace(cell) ?? cell.place);
}
