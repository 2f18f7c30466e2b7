import fs from "node:fs";
import path from "node:path";
import { isWithin } from "../eval/path-name.ts";
import { optimiseLate } from "../platform/late-optimisation.ts";
import { loadBundledParser } from "../platform/node.ts";
import { Locations } from "../report/locations.ts";
import { NIX_STORE } from "../workspace/disk-files.ts";
import { DiskWorkspace, toSlashes } from "../workspace/disk-workspace.ts";
import { isLoose, projectRoot } from "../workspace/project-root.ts";
import { UsageError } from "./usage-error.ts";

/** The folders that a command looks at. */
export interface OpenedWorkspace {
  readonly workspace: DiskWorkspace;
  /** Files, not folders, that the command line names. */
  readonly namedFiles: readonly string[];
  /** Whether a file is one of the named ones or lies in a named folder. */
  isNamed(file: string): boolean;
  /** Lines and shown paths for the texts of this moment. */
  locations(): Locations;
}

export interface WorkspaceOptions {
  /** Patterns in `.gitignore` syntax. */
  readonly exclude?: readonly string[];
  /** Whether inputs of flakes may be read from the local Nix store. */
  readonly inputsFromStore?: boolean;
}

/**
 * Opens the folders to look at. A file stands for the project around it, so that a single module can be
 * named and is checked in the hosts that use it.
 *
 * @throws UsageError when a path is not there
 */
export async function openWorkspace(
  paths: readonly string[],
  { exclude = [], inputsFromStore = false }: WorkspaceOptions = {},
): Promise<OpenedWorkspace> {
  optimiseLate();
  const named = paths.map((given) => {
    const full = path.resolve(given);
    return { full, file: toSlashes(full), isFolder: isFolder(given, full) };
  });
  const folders = named.filter(({ isFolder }) => isFolder).map(({ full }) => full);
  const around = named.filter(({ isFolder }) => !isFolder).map(({ full }) => projectRoot(full));
  const workspace = new DiskWorkspace(
    await loadBundledParser(),
    [...folders, ...around],
    exclude,
    inputsFromStore ? NIX_STORE : undefined,
    around.filter((root) => !folders.includes(root) && isLoose(root)),
  );
  return {
    workspace,
    namedFiles: named.filter(({ isFolder }) => !isFolder).map(({ file }) => file),
    isNamed: (file) => named.some((one) => isWithin(file, one.file)),
    locations: () => new Locations((file) => workspace.text(file), toSlashes(process.cwd())),
  };
}

/** The path of a file from the working directory, with `/` separators. */
export function relativePath(file: string): string {
  return toSlashes(path.relative(process.cwd(), file));
}

function isFolder(given: string, full: string): boolean {
  try {
    return fs.statSync(full).isDirectory();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(
      code === "ENOENT" || code === "ENOTDIR"
        ? `\`${given}\` does not exist`
        : `\`${given}\` cannot be looked at (${code})`,
    );
  }
}
