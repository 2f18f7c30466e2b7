/**
 * The one file of the workspace that an import that leads nowhere most probably meant: the file that
 * shares the longest run of path components at the end; of several such files the one that shares most of the way
 * from the root, for a workspace may hold several configurations of the same layout. Undefined when that leaves more
 * than one. `./x` also means `./x/default.nix`.
 */
export function similarFile(missing: string, files: readonly string[]): string | undefined {
  const wanted = [missing, ...(missing.endsWith(".nix") ? [] : [`${missing}/default.nix`, `${missing}.nix`])];
  const likely = mostOf(files, (file) => Math.max(...wanted.map((path) => sharedTail(path, file))));
  const nearest = mostOf(likely, (file) => sharedComponents(file.split("/"), missing.split("/")));
  return nearest.length === 1 ? nearest[0] : undefined;
}

/** The files of the highest score; none when that is 0. */
function mostOf(files: readonly string[], score: (file: string) => number): string[] {
  const scores = files.map(score);
  const best = scores.reduce((a, b) => Math.max(a, b), 0);
  return best === 0 ? [] : files.filter((_, index) => scores[index] === best);
}

function sharedTail(a: string, b: string): number {
  const left = a.split("/").reverse();
  const count = sharedComponents(left, b.split("/").reverse());
  // `default.nix` alone says nothing about which folder was meant.
  return count === 1 && left[0] === "default.nix" ? 0 : count;
}

function sharedComponents(left: readonly string[], right: readonly string[]): number {
  let count = 0;
  while (count < left.length && count < right.length && left[count] === right[count]) count++;
  return count;
}
