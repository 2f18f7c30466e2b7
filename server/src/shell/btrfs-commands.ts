import { hasOption, type ParsedArguments, parseArguments } from "./command-options.ts";
import { type FindCommand, readFind } from "./find-command.ts";
import { type MountCommand, readMount } from "./mount-command.ts";
import type { List, Span, Word } from "./sh-ast.ts";
import type { CommandUse } from "./sh-commands.ts";
import { runningCommands } from "./sh-expand.ts";
import { resolveWord, type Scope, scopeOf } from "./sh-values.ts";
import { unwrapCommand } from "./sh-wrappers.ts";

export type SubvolumeTool = "btrfs" | "bcachefs";

/** What a storage command does. Words keep their spans; their values come from `resolveWord`. */
export type StorageAction =
  | {
      kind: "subvolume-delete";
      tool: SubvolumeTool;
      targets: Word[] /** `-R`: nested subvolumes, too. */;
      recursive: boolean;
    }
  | { kind: "subvolume-create"; tool: SubvolumeTool; targets: Word[] }
  | { kind: "subvolume-snapshot"; tool: SubvolumeTool; readonly: boolean; source: Word; destination: Word }
  /** `onlyBelow` is `-o`: the subvolumes below the path's own subvolume. */
  | { kind: "subvolume-list"; path?: Word; onlyBelow: boolean; options: string[] }
  | { kind: "subvolume-show"; path?: Word }
  | { kind: "subvolume-set-default"; operands: Word[] }
  | MountCommand
  | { kind: "umount"; targets: Word[] }
  | { kind: "move"; sources: Word[]; destination: Word }
  | FindCommand
  /** `rollback` of a dataset's snapshot; `-r` destroys later snapshots, `-R` their clones as well. */
  | { kind: "zfs-rollback"; target: Word; destroysLater: boolean }
  /** `filtered` is false for a balance that rewrites everything. */
  | { kind: "balance-start"; path?: Word; filters: { option: string; word: Word }[]; filtered: boolean }
  /** Without `-B` the command returns at once and the scrub goes on in the background. */
  | { kind: "scrub-start"; path?: Word; foreground: boolean }
  /** `format` is the word that begins with `+`; `moment` the value of `-d`. */
  | { kind: "date"; format?: Word; moment?: Word }
  | { kind: "mkfs"; fsType?: string; devices: Word[] };

export type StorageCommand = Span &
  StorageAction & { use: CommandUse /** The words from the program's name on. */; words: Word[] };

/**
 * Every command of a script that concerns filesystems and snapshots, in the order of the text, also those that `find
 * -exec` and `xargs` run. Commands whose name or subcommand is unknown are left out.
 *
 * @param running the commands of the script that may run
 */
export function storageCommands(
  script: List,
  scope: Scope = scopeOf(script),
  running: readonly CommandUse[] = runningCommands(script, scope),
): StorageCommand[] {
  return running.flatMap((use) => {
    const { start, end } = use.command;
    const own = readCommand(use.name, use.args, scope);
    if (!own || !use.nameWord) return [];
    const found: StorageCommand[] = [{ ...own, use, words: [use.nameWord, ...use.args], start, end }];
    for (const words of own.kind === "find" ? own.exec : []) {
      const inner = unwrapCommand(words);
      const action = readCommand(inner.name, inner.args, scope);
      if (action) found.push({ ...action, use, words, start: words[0]!.start, end: words.at(-1)!.end });
    }
    return found;
  });
}

const GROUPS =
  "subvolume filesystem balance device scrub check rescue restore inspect-internal property send receive quota qgroup replace";
const SUBVOLUME_VERBS = "create delete list snapshot get-default set-default find-new show sync";
const BALANCE_VERBS = "start pause cancel resume status";
const SCRUB_VERBS = "start cancel resume status limit";

function readCommand(name: string | undefined, args: Word[], scope: Scope): StorageAction | undefined {
  if (name === undefined) return undefined;
  if (name === "mount") return readMount(args, scope);
  if (name === "find") return readFind(args, scope);
  if (name === "btrfs" || name === "bcachefs") return readBtrfs(name, args, scope);
  if (name === "mkfs" || name.startsWith("mkfs.")) return readMkfs(name, args, scope);
  if (name === "umount") return { kind: "umount", targets: parseArguments(args, "t O N types", scope).operands };
  if (name === "mv") return readMove(parseArguments(args, "S t suffix target-directory", scope));
  if (name === "date") return readDate(args, scope);
  if (name === "zfs") return readZfs(args, scope);
  return undefined;
}

function readBtrfs(tool: SubvolumeTool, args: Word[], scope: Scope): StorageAction | undefined {
  // Options such as `-q` may stand between the program and what it shall do.
  const from = args.findIndex((word) => !resolveWord(word, scope).prefix.startsWith("-"));
  const [groupWord, verbWord, ...rest] = from < 0 ? [] : args.slice(from);
  const group = keyword(groupWord, GROUPS, scope);
  if (group === "subvolume") return readSubvolume(tool, keyword(verbWord, SUBVOLUME_VERBS, scope), rest, scope);
  if (tool !== "btrfs") return undefined;
  if (group === "balance" && keyword(verbWord, BALANCE_VERBS, scope) === "start") return readBalance(rest, scope);
  if (group === "scrub" && keyword(verbWord, SCRUB_VERBS, scope) === "start") {
    const parsed = parseArguments(rest, "c n", scope);
    return { kind: "scrub-start", foreground: hasOption(parsed, "-B"), ...pathOf(parsed.operands[0]) };
  }
  return undefined;
}

/** btrfs accepts every beginning of a keyword that fits only one of them: `btrfs su del`. */
function keyword(word: Word | undefined, choices: string, scope: Scope): string | undefined {
  const text = word && resolveWord(word, scope).value;
  if (!text) return undefined;
  const all = choices.split(" ");
  const fitting = all.filter((choice) => choice.startsWith(text));
  return all.includes(text) ? text : fitting.length === 1 ? fitting[0] : undefined;
}

function readSubvolume(
  tool: SubvolumeTool,
  verb: string | undefined,
  args: Word[],
  scope: Scope,
): StorageAction | undefined {
  const parsed = parseArguments(args, verb === "list" ? "G C sort" : "i subvolid", scope);
  const { operands } = parsed;
  const [first, second] = operands;
  switch (verb) {
    case "delete":
      return { kind: "subvolume-delete", tool, targets: operands, recursive: hasOption(parsed, "-R", "--recursive") };
    case "create":
      return { kind: "subvolume-create", tool, targets: operands };
    case "snapshot":
      if (!first || !second) return undefined;
      return {
        kind: "subvolume-snapshot",
        tool,
        readonly: hasOption(parsed, "-r", "--read-only"),
        source: first,
        destination: second,
      };
    case "list": {
      const options = parsed.options.map(({ name }) => name);
      return { kind: "subvolume-list", onlyBelow: options.includes("-o"), options, ...pathOf(first) };
    }
    case "show":
      return { kind: "subvolume-show", ...pathOf(first) };
    case "set-default":
      return { kind: "subvolume-set-default", operands };
    default:
      return undefined;
  }
}

function readBalance(args: Word[], scope: Scope): StorageAction {
  const parsed = parseFilters(args, scope);
  const filters = parsed.options
    .filter(({ name }) => /^-[dms]/.test(name))
    .map(({ name, word }) => ({ option: name, word }));
  const filtered = filters.some(({ option }) => option.length > 2);
  return { kind: "balance-start", filters, filtered, ...pathOf(parsed.operands[0]) };
}

/** The filters are glued to their letter (`-dusage=50`), so a word is one option as a whole. */
function parseFilters(args: Word[], scope: Scope): ParsedArguments {
  const result: ParsedArguments = { options: [], operands: [] };
  for (const word of args) {
    const { prefix } = resolveWord(word, scope);
    if (prefix.startsWith("-")) result.options.push({ name: prefix, word });
    else result.operands.push(word);
  }
  return result;
}

function readMove({ options, operands }: ParsedArguments): StorageAction | undefined {
  const directory = options.find(({ name }) => name === "-t" || name === "--target-directory")?.value;
  const destination = directory ?? operands.at(-1);
  const sources = directory ? operands : operands.slice(0, -1);
  return destination && sources.length > 0 ? { kind: "move", sources, destination } : undefined;
}

function readDate(args: Word[], scope: Scope): StorageAction {
  const { options, operands } = parseArguments(args, "d f r s date file reference set", scope);
  const format = operands.find((word) => resolveWord(word, scope).prefix.startsWith("+"));
  const moment = options.find(({ name }) => name === "-d" || name === "--date")?.value;
  return { kind: "date", ...(format ? { format } : {}), ...(moment ? { moment } : {}) };
}

function readZfs(args: Word[], scope: Scope): StorageAction | undefined {
  const [verb, ...rest] = args;
  if (!verb || resolveWord(verb, scope).value !== "rollback") return undefined;
  const parsed = parseArguments(rest, "", scope);
  const [target] = parsed.operands;
  return target && { kind: "zfs-rollback", target, destroysLater: hasOption(parsed, "-r", "-R") };
}

function readMkfs(name: string, args: Word[], scope: Scope): StorageAction {
  const { options, operands } = parseArguments(args, "t L U n d m s b f O label uuid data metadata type", scope);
  const fsType = name === "mkfs" ? options.find((option) => option.name === "-t")?.text : name.slice("mkfs.".length);
  return { kind: "mkfs", devices: operands, ...(fsType ? { fsType } : {}) };
}

function pathOf(word: Word | undefined): { path?: Word } {
  return word ? { path: word } : {};
}
