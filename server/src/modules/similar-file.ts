/**
 * The one file of the workspace that an import that leads nowhere most probably meant: the file that
 * shares the longest run of path components at the end; of several such files the one that shares most of the way
 * from the root, for a workspace may hold several configurations of the same layout. Undefined when that leaves more
 * than one. `./x` also means `./x/default.nix`. Never the same file of a neighbour, nor, for a module of NixOS, one of
 * home-manager.
 */
export function similarFile(missing: string, files: readonly string[], isOfNixos = false): string | undefined {
  const wanted = [missing, ...(missing.endsWith(".nix") ? [] : [`${missing}/default.nix`, `${missing}.nix`])];
  const top = foldersOfAll(files);
  const possible = files.filter(
    (file) => !isNeighbours(missing, file, top) && !(isOfNixos && isForHomes(missing, file)),
  );
  const likely = mostOf(possible, (file) => Math.max(...wanted.map((path) => sharedTail(path, file))));
  const nearest = mostOf(likely, (file) => sharedComponents(file.split("/"), missing.split("/")));
  return nearest.length === 1 ? nearest[0] : undefined;
}

/**
 * Whether a file differs in one folder alone, below the first one: `hosts/b/hardware.nix` is the hardware of another
 * host, and `nixos/tailscale/server` no `nixos/openssh/server`.
 */
function isNeighbours(missing: string, file: string, top: number): boolean {
  const left = componentsOf(missing);
  const right = componentsOf(file);
  if (left.length !== right.length) return false;
  const differing = left.flatMap((name, index) => (name === right[index] ? [] : [index]));
  const [at] = differing;
  if (differing.length !== 1 || at === undefined || at <= top || at !== left.length - 2) return false;
  return !isSlip(left[at] ?? "", right[at] ?? "");
}

/** Whether two names differ in one letter, which is no digit. */
function isSlip(a: string, b: string): boolean {
  const length = Math.max(a.length, b.length);
  const front = sharedComponents([...a], [...b]);
  const back = sharedComponents([...a.slice(front)].reverse(), [...b.slice(front)].reverse());
  const differing = a.slice(front, a.length - back) + b.slice(front, b.length - back);
  return length >= 5 && front + back >= length - 1 && !/\d/.test(differing);
}

/** The components of what a path names: without what makes it a file. */
function componentsOf(path: string): string[] {
  return path.replace(/(\/default)?\.nix$/, "").split("/");
}

/** How many components all files share at the front. */
function foldersOfAll(files: readonly string[]): number {
  const [first = "", ...others] = files;
  const folder = first.split("/").slice(0, -1);
  return others.reduce((count, file) => Math.min(count, sharedComponents(folder, file.split("/"))), folder.length);
}

const OF_HOMES = /^(home|hm|home-?manager|home-?modules|hm-?modules)$/i;

/** Whether the folders of a file say that it is for home-manager, and those of the import do not. */
function isForHomes(missing: string, file: string): boolean {
  const asked = new Set(missing.split("/"));
  return file.split("/").some((name) => OF_HOMES.test(name) && !asked.has(name));
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
