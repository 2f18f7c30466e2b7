import { isWithin } from "../eval/path-name.ts";
import { NIX_STORE } from "../workspace/disk-files.ts";
import { isLoose, projectRoot } from "../workspace/project-root.ts";

// Sources that Nix has stored are read, never edited; their folders are somebody else's projects.

/**
 * The folders to look at: the client's, and for each document that lies in none of them the project
 * around it, so that a file opened without its folder is checked as on the command line.
 */
export function rootsFor(folders: readonly string[], documents: readonly string[]): string[] {
  const roots = [...folders];
  for (const file of [...documents].sort()) {
    if (isWithin(file, NIX_STORE) || roots.some((root) => isWithin(file, root))) continue;
    roots.push(projectRoot(file));
  }
  return roots;
}

/** Roots that only a document stands for, and of which not all that lies below is looked at. */
export function flatRoots(roots: readonly string[], folders: readonly string[]): string[] {
  return roots.filter((root) => !folders.includes(root) && isLoose(root));
}
