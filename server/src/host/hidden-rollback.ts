import { commandsThatMayTouch } from "../shell/rollback-touches.ts";
import type { Word } from "../shell/sh-ast.ts";
import type { CommandUse } from "../shell/sh-commands.ts";
import { resolveWord, type Scope } from "../shell/sh-values.ts";
import type { Script } from "./host.ts";
import { commandsOf, type ScriptCommands } from "./script-commands.ts";
import { isUsualProgram } from "./usual-programs.ts";

/**
 * Why a script could empty the root although no rollback is seen in it; undefined when it cannot. `root` is the
 * subvolume that is mounted there, if it is known.
 */
export function hidesRollback(script: Script, root?: string): string | undefined {
  const { running, storage, scope } = commandsOf(script);
  const touching = new Set(commandsThatMayTouch(root, storage, running, scope));
  for (const command of storage) {
    if (command.kind === "mkfs")
      return `it may make the root anew with \`${textOf(script, command.start, command.end)}\``;
    // The default subvolume is what is mounted where no other is named.
    const setsRoot = command.kind === "subvolume-set-default" && (root === undefined || root === "");
    if (command.kind === "zfs-rollback" || setsRoot || touching.has(command)) {
      return `what its \`${textOf(script, command.start, command.end)}\` does to the root is not clear`;
    }
  }
  const mounts = storage.some(({ kind }) => kind === "mount");
  for (const use of running) {
    const why = hiddenBy(use, script, scope, mounts);
    if (why !== undefined) return why;
  }
  return undefined;
}

/** Whether a script has a command that removes, or rolls back, what may be the root. */
export function mayRemoveRoot(script: Script, root?: string): boolean {
  const { running, storage, scope } = commandsOf(script);
  const touching = new Set(commandsThatMayTouch(root, storage, running, scope));
  return (
    storage.some(
      (command) =>
        command.kind === "zfs-rollback" ||
        command.kind === "mkfs" ||
        (command.kind === "subvolume-delete" && touching.has(command)),
    ) || running.some((use) => emptiesRoot(use, storage, scope))
  );
}

/** Whether a command removes all files of the mounted root, or puts a snapshot of LVM in its place. */
function emptiesRoot({ name, args }: CommandUse, storage: ScriptCommands["storage"], scope: Scope): boolean {
  const words = args.map((word) => resolveWord(word, scope).value ?? writtenOf(word));
  if (name === "lvconvert" || (name === "lvm" && words[0] === "lvconvert")) return words.includes("--merge");
  const isRemoval =
    (name === "rm" && words.some((word) => /^(-\w*[rR]\w*|--recursive)$/.test(word))) ||
    (name === "find" && words.includes("-delete")) ||
    (name === "rsync" && words.some((word) => /^--del/.test(word)));
  if (!isRemoval) return false;
  const mounts = storage.flatMap((command) =>
    command.kind === "mount" && command.target ? (resolveWord(command.target, scope).value ?? []) : [],
  );
  return words.some((word) => {
    const folder = word.replace(/\/(\*|\.\[!\.\]\*|\.\?\*|\{.*\})?$/, "");
    return /^\/(sysroot|mnt-root)$/.test(folder) || mounts.includes(folder);
  });
}

/** What a word with patterns in it says as it stands. */
function writtenOf(word: Word): string {
  return word.parts.map((part) => (part.kind === "literal" ? part.value : "")).join("");
}

function hiddenBy(use: CommandUse, script: Script, scope: Scope, mounts: boolean): string | undefined {
  const [program] = use.nameWord ? [use.nameWord, ...use.args] : use.command.words;
  if (!program) return undefined;
  const path = resolveWord(program, scope);
  const { name } = use;
  if (path.value !== undefined && script.runs.some((file) => path.value?.startsWith(file))) return undefined;
  if (name === undefined) {
    if (isChecksum(script, program)) return undefined;
    const hole = script.holes.find(({ start, end }) => start < program.end && end > program.start);
    return hole?.why ?? path.reason ?? "a command in the script is not known";
  }
  const words = use.args.map((word) => resolveWord(word, scope));
  const first = words.find((word) => !word.prefix.startsWith("-"));
  const runsFile =
    /^(sh|bash|dash|ash|zsh|ksh|source|\.)$/.test(name) &&
    !words.some(({ value }) => /^-(?:\w*c\w*|\w*s)$/.test(value ?? "")) &&
    use.hiddenText === undefined;
  if (runsFile && first && !script.runs.includes(first.value ?? ""))
    return `the script ${first.value ?? first.prefix}, which it runs, cannot be read here`;
  if (path.value?.startsWith("/") && !isProgram(path.value))
    return `the script ${path.value}, which it runs, cannot be read here`;
  if (use.hiddenText !== undefined) return use.hiddenText;
  const isOwn = scope.functions.some((one) => one.name === name);
  if (!isOwn && !isUsualProgram(name)) return `what the program \`${name}\` does to the root is not known`;
  const handed = words.find(({ value }) => /\b(?:btrfs|bcachefs)\s+su\w*\s+\w|\bzfs\s+rollback\s/.test(value ?? ""));
  if (handed && !SAYS.has(name)) return `what \`${name}\` does with the commands that it is given is not clear`;
  if (/^(mke2fs|wipefs|blkdiscard)$/.test(name)) return `it may make the root anew with \`${name}\``;
  if (name === "zfs" && /^(destroy|rename|receive|recv)$/.test(first?.value ?? ""))
    return `what its \`zfs ${first?.value}\` does to the root is not clear`;
  if (/^(lvm|lvconvert)$/.test(name) && words.some(({ value }) => value === "--merge"))
    return "it puts a snapshot of LVM in the place of a volume";
  const removes =
    (name === "rm" && words.some(({ prefix }) => /^-\w*[rR]|^--recursive/.test(prefix))) ||
    (name === "rsync" && words.some(({ prefix }) => /^--del/.test(prefix))) ||
    (name === "find" && words.some(({ value }) => value === "-delete"));
  const target = first?.value ?? first?.prefix ?? "";
  return removes && (mounts || /^\/(mnt-root|sysroot)/.test(target)) ? `it deletes files below ${target}` : undefined;
}

/** Programs that only repeat what they are given, and shells, whose commands are read. */
const SAYS = new Set(
  "echo printf logger plymouth trap eval sh bash dash ash zsh ksh flock runuser script sg su".split(" "),
);

/** Whether the program is `sha256sum` or the like, by an algorithm that somebody hands to the script. */
function isChecksum({ text, holes }: Script, { start, end }: Word): boolean {
  const isHole = holes.some((hole) => hole.start < end && hole.end > start);
  return !isHole && /^"?\$\{\w+\}sum"?$/.test(text.slice(start, end));
}

/** Programs of packages and of the system do what their name says; other files hold anybody's commands. */
function isProgram(path: string): boolean {
  return /^(\/nix\/store\/[^/]+\/(bin|sbin|libexec)|\/bin|\/sbin|\/usr|\/run\/current-system)\//.test(path);
}

function textOf(script: Script, start: number, end: number): string {
  return script.text.slice(start, end).split(/\s+/).slice(0, 3).join(" ");
}
