import { editDistance } from "../../modules/edit-distance.ts";

/** The name that differs least from `text`, when the difference looks like a slip: at most a third of the letters. */
export function nearestName(text: string, names: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.floor(Math.max(text.length, 3) / 3) + 1;
  for (const name of names) {
    const distance = editDistance(text, name);
    if (distance < least) {
      best = name;
      least = distance;
    }
  }
  return best;
}

/** Whether two names differ by a slip alone: case, dashes and underscores, or one letter of a long name; never a number. */
export function isSlipOf(a: string, b: string): boolean {
  const plain = (text: string) => text.toLowerCase().replace(/[-_.]/g, "");
  if (a === b) return false;
  if (plain(a) === plain(b)) return true;
  const numbers = (text: string) => text.replace(/\D+/g, " ");
  return numbers(a) === numbers(b) && Math.min(a.length, b.length) >= 8 && editDistance(a, b) === 1;
}
