/**
 * The one file of the workspace that an import that leads nowhere most probably meant: the file that
 * shares the longest run of path components at the end, if only one does. `./x` also means `./x/default.nix`.
 */
export function similarFile(missing: string, files: readonly string[]): string | undefined {
  const wanted = [missing, ...(missing.endsWith(".nix") ? [] : [`${missing}/default.nix`, `${missing}.nix`])];
  let best: string[] = [];
  let length = 0;
  for (const file of files) {
    const shared = Math.max(...wanted.map((path) => sharedTail(path, file)));
    if (shared > length) {
      best = [file];
      length = shared;
    } else if (shared === length) best.push(file);
  }
  return length > 0 && best.length === 1 ? best[0] : undefined;
}

function sharedTail(a: string, b: string): number {
  const left = a.split("/").reverse();
  const right = b.split("/").reverse();
  let count = 0;
  while (count < left.length && count < right.length && left[count] === right[count]) count++;
  // `default.nix` alone says nothing about which folder was meant.
  return count === 1 && left[0] === "default.nix" ? 0 : count;
}
