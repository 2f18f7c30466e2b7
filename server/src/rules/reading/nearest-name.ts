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

/** Insertions, deletions, substitutions and swaps of neighbours that turn one text into the other. */
function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (beforePrevious[j - 2] ?? 0) + 1);
      }
      row.push(cost);
    }
    beforePrevious = previous;
    previous = row;
  }
  return previous[b.length] ?? 0;
}
