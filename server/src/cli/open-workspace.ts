import fs from "node:fs";
import path from "node:path";
import { loadBundledParser } from "../platform/node.ts";
import { Locations } from "../report/locations.ts";
import { DiskWorkspace, toSlashes } from "../workspace/disk-workspace.ts";
import { UsageError } from "./usage-error.ts";

export interface OpenedWorkspace {
  readonly workspace: DiskWorkspace;
  readonly locations: Locations;
}

/**
 * Opens the folders to look at. A file stands for the flake around it, or for its folder; so a single
 * module can be named and is checked in the hosts that use it.
 */
export async function openWorkspace(
  paths: readonly string[],
  exclude: readonly string[] = [],
): Promise<OpenedWorkspace> {
  const roots = [...new Set(paths.map(rootFor))];
  const workspace = new DiskWorkspace(await loadBundledParser(), roots, exclude);
  const base = toSlashes(process.cwd());
  const locations = new Locations((file) => workspace.find(file)?.text, base);
  return { workspace, locations };
}

/** The folder that a path is checked in. */
function rootFor(given: string): string {
  const full = path.resolve(given);
  let stat: fs.Stats;
  try {
    stat = fs.statSync(full);
  } catch {
    throw new UsageError(`\`${given}\` does not exist`);
  }
  if (stat.isDirectory()) return full;
  return flakeAround(path.dirname(full)) ?? path.dirname(full);
}

function flakeAround(folder: string): string | undefined {
  for (let at = folder; ; at = path.dirname(at)) {
    if (fs.existsSync(path.join(at, "flake.nix"))) return at;
    if (path.dirname(at) === at || fs.existsSync(path.join(at, ".git"))) return undefined;
  }
}

/** Whether a file was named by one of the paths on the command line. */
export function isNamed(paths: readonly string[], file: string): boolean {
  return paths.some((given) => {
    const full = toSlashes(path.resolve(given));
    return file === full || full === "/" || file.startsWith(`${full}/`);
  });
}
