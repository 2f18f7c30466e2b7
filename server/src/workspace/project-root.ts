import fs from "node:fs";
import path from "node:path";

/**
 * The folder that a file is checked in when only the file was named: that of the flake around it, within
 * the same repository, else its own.
 */
export function projectRoot(file: string): string {
  const folder = path.dirname(file);
  const marked = markedFolder(folder);
  return marked !== undefined && fs.existsSync(path.join(marked, "flake.nix")) ? marked : folder;
}

/**
 * Whether neither a flake nor a repository is around a folder. Such a folder may be a home or /tmp: naming one file in
 * it is no reason to search all that lies below.
 */
export function isLoose(folder: string): boolean {
  return markedFolder(folder) === undefined;
}

/** The nearest folder, from the given one upwards, with a flake or a repository in it. */
function markedFolder(folder: string): string | undefined {
  for (let at = folder; ; at = path.dirname(at)) {
    if (["flake.nix", ".git"].some((name) => fs.existsSync(path.join(at, name)))) return at;
    if (path.dirname(at) === at) return undefined;
  }
}

/** Whether what lies above a folder is another project, or somebody else's: then it does not speak for this one. */
export function isTopOfProject(folder: string): boolean {
  const above = path.dirname(folder);
  if (above === folder || fs.existsSync(path.join(folder, ".git"))) return true;
  try {
    return fs.statSync(above).uid !== fs.statSync(folder).uid;
  } catch {
    return true;
  }
}
