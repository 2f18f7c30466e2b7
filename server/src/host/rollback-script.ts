import { HOLE } from "../eval/value.ts";
import type { Known, Rollback, Script } from "./host.ts";
import { isAtOrBelow, normalise } from "./paths.ts";
import { type ShellCommand, shellCommands } from "./shell-commands.ts";
import { known, notKnown } from "./verdict.ts";

/** What one script does to the subvolumes or datasets of a host at boot. */
export interface RollbackScript {
  readonly technique: Rollback["technique"];
  /** Names of the subvolumes (relative to the top level) or datasets it empties. */
  readonly wipes: readonly string[];
  readonly device: Known<string> | undefined;
  /** Why it may empty more than it names. */
  readonly open: string | undefined;
}

/**
 * The rollbacks in a script: a subvolume is emptied when it is deleted or moved away and made anew, a
 * dataset when it is rolled back. Undefined when the script does neither.
 */
export function readRollbackScript(script: Script): readonly RollbackScript[] | undefined {
  const commands = shellCommands(script.text);
  const found = [
    zfsRollback(commands),
    subvolumeRollback(commands, script, "btrfs"),
    subvolumeRollback(commands, script, "bcachefs"),
  ];
  const rollbacks = found.filter((rollback) => rollback !== undefined);
  return rollbacks.length > 0 ? rollbacks : undefined;
}

/** Why a script could empty the root although no rollback is seen in it; undefined when it cannot. */
export function hidesRollback(script: Script): string | undefined {
  const commands = shellCommands(script.text);
  const mounts = commands.some(({ words }) => programOf(words) === "mount");
  for (const { words } of commands) {
    const path = words[0] ?? "";
    const program = programOf(words);
    if (path.includes(HOLE)) return script.holes[0]?.why ?? "a command in the script is not known";
    const file = otherScript(words);
    if (file !== undefined) return `the script ${file}, which it runs, cannot be read here`;
    if (program === "eval") return "it runs commands that it puts together itself";
    if (/^(mkfs(\..+)?|mke2fs|wipefs|blkdiscard)$/.test(program))
      return `it may make the root anew with \`${program}\``;
    const changes =
      /^(btrfs|bcachefs)$/.test(program) &&
      /^su/.test(words[1] ?? "") &&
      /^(delete|create|snapshot)$/.test(words[2] ?? "");
    if (changes || (program === "zfs" && /^(destroy|rename|receive|recv)$/.test(words[1] ?? ""))) {
      return `what \`${words.slice(0, 3).join(" ")}\` does to the root is not clear`;
    }
    const target = words.slice(1).find((word) => !word.startsWith("-")) ?? "";
    const removes =
      (program === "rm" && words.some((word) => /^-\w*[rR]/.test(word))) ||
      (program === "find" && words.includes("-delete"));
    if (removes && (mounts || /^\/(mnt-root|sysroot)/.test(target))) return `it deletes files below ${target}`;
  }
  return undefined;
}

/** A file that a command runs and that cannot be seen into; programs of packages and of the system are none. */
function otherScript(words: readonly string[]): string | undefined {
  const [path = "", argument] = words;
  const program = programOf(words);
  const runs = /^(sh|bash|dash|zsh|source|\.)$/.test(program) && argument !== undefined && !argument.startsWith("-");
  const file = runs ? argument : path;
  if (!file.startsWith("/")) return undefined;
  return /^(\/nix\/store\/[^/]+\/(bin|sbin|libexec)|\/bin|\/sbin|\/usr|\/run\/current-system)\//.test(file) && !runs
    ? undefined
    : file;
}

function zfsRollback(commands: readonly ShellCommand[]): RollbackScript | undefined {
  const names: string[] = [];
  let open: string | undefined;
  for (const { words } of commands) {
    if (programOf(words) !== "zfs" || words[1] !== "rollback") continue;
    const dataset = words.slice(2).find((word) => !word.startsWith("-"));
    if (dataset === undefined) continue;
    if (isUnknown(dataset)) open ??= "the dataset it rolls back is not known";
    else names.push(dataset.split("@")[0] ?? dataset);
  }
  if (names.length === 0 && open === undefined) return undefined;
  return { technique: "zfs", wipes: names, device: undefined, open };
}

function subvolumeRollback(
  commands: readonly ShellCommand[],
  script: Script,
  technique: "btrfs" | "bcachefs",
): RollbackScript | undefined {
  const removed = new Set<string>();
  const made = new Set<string>();
  const mounts: { readonly device: Known<string>; readonly directory: string; readonly base: string }[] = [];
  for (const { words } of commands) {
    const program = programOf(words);
    if (program === "mount") mounts.push(...mountOf(words, script));
    if (program === "mv") {
      const source = words.slice(1).find((word) => !word.startsWith("-"));
      if (source !== undefined) removed.add(source);
    }
    if (program !== technique || !/^su(b(volume)?)?$/.test(words[1] ?? "")) continue;
    const targets = words.slice(3).filter((word) => !word.startsWith("-"));
    if (words[2] === "delete") for (const target of targets) removed.add(target);
    if (words[2] === "create" && targets[0] !== undefined) made.add(targets[0]);
    if (words[2] === "snapshot" && targets[1] !== undefined) made.add(targets[1]);
  }
  if (removed.size === 0 || made.size === 0) return undefined;
  const both = [...made].filter((path) => removed.has(path)).map((path) => nameOf(path, mounts));
  const clear = both.filter((name) => !isUnknown(name));
  const names =
    clear.length > 0 ? clear : [...made].map((path) => nameOf(path, mounts)).filter((name) => !isUnknown(name));
  const open =
    both.length > clear.length
      ? "the subvolume it empties is named by something that is not known"
      : clear.length === 0
        ? "what it deletes and what it makes anew are not the same"
        : undefined;
  // Archiving old snapshots also deletes and creates; without a common name it is no rollback unless it is unclear.
  if (names.length === 0 && open === undefined) return undefined;
  return { technique, wipes: names, device: mounts[0]?.device, open };
}

function mountOf(
  words: readonly string[],
  script: Script,
): { device: Known<string>; directory: string; base: string }[] {
  const plain: string[] = [];
  let base = "";
  for (let index = 1; index < words.length; index++) {
    const word = words[index] ?? "";
    if (word === "-o" || word === "-t" || word === "--options" || word === "--types") {
      index++;
      const subvolume = /(?:^|,)(?:subvol|X-mount\.subdir)=([^,]*)/.exec(words[index] ?? "");
      if (subvolume) base = (subvolume[1] ?? "").replace(/^\/+/, "");
    } else if (word.startsWith("-o")) {
      base = /(?:^|,)subvol=([^,]*)/.exec(word.slice(2))?.[1]?.replace(/^\/+/, "") ?? base;
    } else if (!word.startsWith("-")) plain.push(word);
  }
  const [device, directory] = plain;
  if (device === undefined || directory === undefined) return [];
  const unknown = isUnknown(device);
  return [
    {
      device: unknown
        ? notKnown(script.holes[0]?.why ?? "the device is named by a variable", script.place)
        : known(device, script.place),
      directory: normalise(directory),
      base,
    },
  ];
}

/** The subvolume's name seen from the top level: the path below the place the script mounts it at, which may be a variable. */
function nameOf(path: string, mounts: readonly { readonly directory: string; readonly base: string }[]): string {
  const at = normalise(path);
  const mount = mounts.find(({ directory }) => directory !== "/" && isAtOrBelow(at, directory));
  if (!mount) return at.slice(1);
  return `${mount.base}/${at.slice(mount.directory.length)}`.split("/").filter(Boolean).join("/");
}

function programOf(words: readonly string[]): string {
  return (words[0] ?? "").split("/").at(-1) ?? "";
}

function isUnknown(word: string): boolean {
  return word.includes(HOLE) || word.includes("$") || word.includes("`");
}
