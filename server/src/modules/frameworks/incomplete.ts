import type { Place } from "../../eval/origin.ts";

/** Something that a model of a framework saw and does not interpret. */
export interface Incomplete {
  readonly why: string;
  readonly place: Place | undefined;
}
