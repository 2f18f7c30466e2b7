import { RecordError } from "./record-reader.ts";

/** The years that have four digits, in Unix seconds: no other time can be told in this form. */
const FIRST = -62_167_219_200;
const LAST = 253_402_300_799;

/**
 * Unix seconds as people and programs read them: `2026-11-21T12:00:00Z`. Times of hosts are what they say they are: those
 * beyond four digits of a year are shown as the last, or the first, that has them.
 *
 * @throws RecordError for what is no number
 */
export function isoTime(seconds: number): string {
  if (Number.isNaN(seconds)) throw new RecordError("a time is no number");
  const shown = Math.min(Math.max(seconds, FIRST), LAST);
  return new Date(shown * 1000).toISOString().replace(".000Z", "Z");
}
