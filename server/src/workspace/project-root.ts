import fs from "node:fs";
import path from "node:path";

/**
 * The folder that a file is checked in when only the file was named: that of the flake around it, within
 * the same repository, else its own.
 */
export function projectRoot(file: string): string {
  const folder = path.dirname(file);
  for (let at = folder; ; at = path.dirname(at)) {
    if (fs.existsSync(path.join(at, "flake.nix"))) return at;
    if (path.dirname(at) === at || fs.existsSync(path.join(at, ".git"))) return folder;
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
