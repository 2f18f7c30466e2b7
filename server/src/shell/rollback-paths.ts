import type { StorageCommand } from "./btrfs-commands.ts";
import type { Word } from "./sh-ast.ts";
import { type Resolved, resolved, resolveWord, resolveWordAll, type Scope } from "./sh-values.ts";

export interface MountedAt {
  command: StorageCommand & { kind: "mount" };
  /** The key of the mount point, without a slash at the end. */
  key: string;
  /** What `subvol=` puts in front of every path below the mount point; empty for the top level. */
  subvolume: string;
}

/** A path seen from the top level of the filesystem that is mounted around it. */
export interface TopPath {
  /** Equal for equal paths; a part of it may stand for an unknown value. Without slashes at either end. */
  key: string;
  /** The path itself, when all of it is known. */
  name?: string;
  /** Why it is not. */
  reason?: string;
  /** The mount that it lies below, if the script mounts something there. */
  mount?: MountedAt;
  word: Word;
}

/** Resolves words to paths within the filesystems that a script mounts. */
export class PathReader {
  readonly #scope: Scope;
  readonly #mounts: readonly MountedAt[];
  readonly #commands: readonly StorageCommand[];
  readonly #directories: readonly { at: number; word: Word }[];

  constructor(
    commands: readonly StorageCommand[],
    scope: Scope,
    /** Where the script changes its directory, in order. */
    directories: readonly { at: number; word: Word }[],
  ) {
    this.#commands = commands;
    this.#scope = scope;
    this.#directories = directories;
    this.#mounts = commands.flatMap((command) => (command.kind === "mount" ? this.#mounted(command) : []));
  }

  get mounts(): readonly MountedAt[] {
    return this.#mounts;
  }

  get commands(): readonly StorageCommand[] {
    return this.#commands;
  }

  get scope(): Scope {
    return this.#scope;
  }

  value(word: Word): Resolved {
    return resolveWord(word, this.#scope);
  }

  /** One path for each value that a loop gives the word. */
  paths(word: Word): TopPath[] {
    return resolveWordAll(word, this.#scope).map((value) => this.#path(value, word));
  }

  #path(given: Resolved, word: Word): TopPath {
    const value = this.#absolute(given, word);
    const key = cleanPath(locator(value));
    const mount = this.#mountAround(key, word);
    const below = mount ? key.slice(mount.key.length) : key;
    const top = trimSlashes(mount?.subvolume ? `${mount.subvolume}/${below}` : below);
    const path: TopPath = { key: top, word, ...(mount ? { mount } : {}) };
    if (top.includes("\u0001")) return { ...path, reason: value.reason ?? "a part of the path is unknown" };
    return { ...path, name: top };
  }

  /** The innermost mount around a path; of several on one directory the last that is written before the path. */
  #mountAround(key: string, word: Word): MountedAt | undefined {
    const around = this.#mounts.filter((one) => key === one.key || key.startsWith(`${one.key}/`));
    const [inner] = [...around].sort((a, b) => b.key.length - a.key.length);
    const same = around.filter((one) => one.key === inner?.key);
    return same.findLast(({ command }) => command.start < word.start) ?? inner;
  }

  /** Mounts that may be on the directory of another one instead of it: nothing unmounts the one before the other. */
  alternatives({ command, key }: MountedAt): readonly MountedAt[] {
    const umounts = this.#commands.filter(
      (one) => one.kind === "umount" && one.targets.some((target) => cleanPath(this.value(target).key ?? "") === key),
    );
    return this.#mounts.filter((other) => {
      const [first, last] = [command.start, other.command.start].sort((a, b) => a - b) as [number, number];
      return (
        other.command !== command && other.key === key && !umounts.some(({ start }) => first < start && start < last)
      );
    });
  }

  /** Puts the directory that the script changed to in front of a relative path. */
  #absolute(value: Resolved, word: Word): Resolved {
    if (value.prefix.startsWith("/") || (value.pieces[0] && "unknown" in value.pieces[0])) return value;
    const last = this.#directories.findLast(({ at }) => at < word.start);
    if (!last) return value;
    return resolved([...this.value(last.word).pieces, { text: "/" }, ...value.pieces]);
  }

  #mounted(command: StorageCommand & { kind: "mount" }): MountedAt[] {
    if (!command.target || command.changesExisting) return [];
    const { key } = this.value(command.target);
    if (key === undefined) return [];
    const subvol = command.options.find(({ name }) => name === "subvol")?.value ?? "";
    return [{ command, key: cleanPath(key), subvolume: trimSlashes(subvol) }];
  }
}

/** The key of a value; a piece that equals nothing else is named after its place, so that the text around it counts. */
function locator(value: Resolved): string {
  return value.pieces
    .map((piece) => ("text" in piece ? piece.text : `\u0001${piece.key ?? `at:${piece.span.start}`}\u0001`))
    .join("");
}

/** The directory part of a path key and the part behind the last slash. */
export function splitPath(key: string): { directory: string; last: string } {
  const slash = key.lastIndexOf("/");
  return { directory: slash < 0 ? "" : key.slice(0, slash), last: key.slice(slash + 1) };
}

function cleanPath(key: string): string {
  return key.replace(/\/+/g, "/").replace(/(?<=.)\/$/, "");
}

function trimSlashes(path: string): string {
  return path.replace(/\/+/g, "/").replace(/^\/|\/$/g, "");
}
