import fs from "node:fs";
import path from "node:path";
import { couldBeConfigured } from "../../remote/named-host.ts";
import { projectRoot } from "../../workspace/project-root.ts";
import { UsageError } from "../usage-error.ts";

/** What a folder holds that was made to describe hosts. */
const ENTRIES = ["flake.nix", "hive.nix", "configuration.nix", "default.nix", "impermanence.json"];

/**
 * The folder whose configuration a command means: the one that was named, or this one; inside of a flake, the flake
 * around it. Undefined when nobody named it and it has no entry: a home folder is not searched for some host.
 *
 * @throws UsageError when the folder is not there
 */
export function folderOfConfiguration(named: string | undefined): string | undefined {
  if (named !== undefined && !fs.existsSync(named)) throw new UsageError(`\`${named}\` does not exist`);
  const root = projectRoot(path.join(path.resolve(named ?? "."), "*"));
  return named !== undefined || ENTRIES.some((name) => fs.existsSync(path.join(root, name))) ? root : undefined;
}

/**
 * Whether a command on hosts may need what a configuration says of one, by its arguments after `remote`. It may without need,
 * where a value of an option looks like a name.
 */
export function mayNeedConfiguration([verb, ...args]: readonly string[]): boolean {
  if (verb === "hosts" || args.some((arg) => /^--(?:folder|host)\b/.test(arg))) return true;
  return args.some(couldBeConfigured) && folderOfConfiguration(undefined) !== undefined;
}
