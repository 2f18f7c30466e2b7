import fs from "node:fs";
import path from "node:path";
import { couldBeConfigured } from "../../remote/could-be-configured.ts";
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

/** Options with one value in the next word, and with as many as there are words in front of the next option. */
export const VALUE_OPTIONS: ReadonlySet<string> = new Set(
  ["format", "folder", "host", "ssh-config", "baseline", "keep", "plan", "to", "request", "limit", "base"]
    .concat("undo", "discard")
    .map((name) => `--${name}`),
);
export const VALUES_OPTIONS: ReadonlySet<string> = new Set(["--between", "--show", "--path-bytes", "--stop"]);
/** Verbs whose words are all hosts; the others have one. */
export const MANY_HOSTS: ReadonlySet<string> = new Set(["status", "list", "diff"]);

/**
 * Whether a command on hosts may need what a configuration says of one, by its arguments after `remote`: these are looked at
 * before what knows them is read. It may without need, where an option is not known here.
 */
export function mayNeedConfiguration([verb = "", ...args]: readonly string[]): boolean {
  if (verb === "hosts" || args.some((arg) => /^--(?:folder|host)\b/.test(arg))) return true;
  const words = wordsOf(args);
  const hosts = MANY_HOSTS.has(verb) ? words : words.slice(0, 1);
  return hosts.some(couldBeConfigured) && folderOfConfiguration(undefined) !== undefined;
}

/** Arguments that are neither options nor their values. */
function wordsOf(args: readonly string[]): string[] {
  const words: string[] = [];
  let taken = 0;
  for (const [index, arg] of args.entries()) {
    if (arg === "--") return [...words, ...args.slice(index + 1)];
    if (arg.startsWith("-"))
      taken = VALUE_OPTIONS.has(arg) ? 1 : VALUES_OPTIONS.has(arg) ? Number.POSITIVE_INFINITY : 0;
    else if (taken > 0) taken--;
    else words.push(arg);
  }
  return words;
}
