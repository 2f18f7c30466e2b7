import { HOLE } from "../../eval/value.ts";
import type { Script } from "../../host/host.ts";
import { normalise } from "../../host/paths.ts";
import { commandsOf } from "../../host/script-commands.ts";
import type { Word } from "../../shell/sh-ast.ts";
import type { CommandUse } from "../../shell/sh-commands.ts";
import { resolveWord, type Scope } from "../../shell/sh-values.ts";

/** A path that a command of a script writes to. */
export interface ScriptWrite {
  readonly word: Word;
  readonly path: string;
  /** The directory that has to take it. */
  readonly directory: string;
  /** Undefined parts of the name follow: what it writes to lies somewhere below `path`. */
  readonly isBelow: boolean;
  /** The program that writes it; undefined where that is only known when the script runs. */
  readonly program: string | undefined;
  /** It is where the program's output goes (`> FILE`), not something that the program is told to write. */
  readonly isOutput: boolean;
  /** Nothing decides whether the command runs, and nothing hides that it failed. */
  readonly isCertain: boolean;
  /** Offsets in the script's text. */
  readonly start: number;
  readonly end: number;
}

/** What runs a command elsewhere, where other paths and other rights hold. */
const ELSEWHERE = /^(systemd-run|chroot|unshare|nsenter|ssh)$/;

/**
 * The paths that the commands of a script write to: redirections, copies, dumps, snapshots. A `mkdir -p` is none of them,
 * as it does nothing where the directory is there.
 */
export function scriptWrites(script: Script): readonly ScriptWrite[] {
  const { all, scope } = commandsOf(script);
  return all.flatMap((use): ScriptWrite[] => {
    if (use.via.some((program) => ELSEWHERE.test(program))) return [];
    const isCertain = !use.conditional && use.hidden.length === 0 && use.orElse === undefined && !use.functionName;
    const redirected = use.command.redirects.flatMap(({ operator, target }) =>
      /^(&?>>?|>\|)$/.test(operator) ? [target] : [],
    );
    const named = [...redirected, ...targetsOf(use, scope)].map((word) => ({ word, text: textOf(word, scope) }));
    const { name: program } = use;
    return [...named, ...filesOfSqlite(use, scope), ...filesOfOptions(use, scope)].flatMap(
      ({ word, text }): ScriptWrite[] => {
        // Behind the part that is not known there may be anything, but not another directory above it.
        const known = text.split(HOLE)[0] ?? "";
        if (!known.startsWith("/") || /[*?\n]/.test(known)) return [];
        const isWhole = known === text;
        const directory = known.slice(0, known.lastIndexOf("/")) || "/";
        if (!isWhole && directory === "/") return [];
        const path = isWhole ? normalise(known) : normalise(directory);
        return [
          {
            word,
            path,
            directory: normalise(directory),
            isBelow: !isWhole,
            program,
            isOutput: redirected.includes(word),
            isCertain,
            start: word.start,
            end: word.end,
          },
        ];
      },
    );
  });
}

function targetsOf({ name, args, moreArgs }: CommandUse, scope: Scope): readonly Word[] {
  const plain = args.filter((word) => !textOf(word, scope).startsWith("-"));
  const last = plain.at(-1);
  switch (name) {
    case "tee":
    case "touch":
      return plain;
    case "cp":
    case "mv":
      // `-t` names the directory before the files.
      return moreArgs || plain.length < 2 || hasTarget(args, scope) || !last ? [] : [last];
    case "rsync":
      return moreArgs || plain.length < 2 || !last ? [] : [last];
    case "tar":
      return makesArchive(args.map((word) => textOf(word, scope))) ? wordBehind(args, scope, /^-?[a-zA-Z]*f$/) : [];
    case "btrfs": {
      const words = args.map((word) => textOf(word, scope));
      const makes = words[0] === "subvolume" && (words[1] === "snapshot" || words[1] === "create");
      return makes && last ? [last] : [];
    }
    default:
      return [];
  }
}

/** Whether tar is told to make one, by the letters in front or by an option behind others: `tar -C / -cf FILE`. */
function makesArchive([first = "", ...others]: readonly string[]): boolean {
  return /^-?[a-zA-Z]*c/.test(first) || others.some((text) => /^(--create|-[a-zA-Z]*c[a-zA-Z]*)$/.test(text));
}

/** Programs that write to the file or directory that an option names. */
const WRITING_OPTIONS: ReadonlyMap<string, RegExp> = new Map([
  ["pg_dump", /^(-f|--file)$/],
  ["pg_dumpall", /^(-f|--file)$/],
  ["pg_basebackup", /^(-D|--pgdata)$/],
  ["mysqldump", /^(-r|--result-file)$/],
  ["mariadb-dump", /^(-r|--result-file)$/],
  ["redis-cli", /^--rdb$/],
  ["valkey-cli", /^--rdb$/],
  ["mongodump", /^(-o|--out|--archive)$/],
  ["slapcat", /^-l$/],
  ["curl", /^(-o|--output)$/],
]);

/** The file behind such an option: `--file NAME` or `--file=NAME`. */
function filesOfOptions(
  { name, args }: CommandUse,
  scope: Scope,
): readonly { readonly word: Word; readonly text: string }[] {
  const option = name === undefined ? undefined : WRITING_OPTIONS.get(name);
  if (!option) return [];
  const joined = args.flatMap((word) => {
    const [, flag = "", text = ""] = /^(--[\w-]+)=(.*)$/s.exec(textOf(word, scope)) ?? [];
    return option.test(flag) ? [{ word, text }] : [];
  });
  return [...wordBehind(args, scope, option).map((word) => ({ word, text: textOf(word, scope) })), ...joined];
}

/** The files of `sqlite3 DATABASE ".backup FILE"`, `VACUUM INTO 'FILE'` and the like: the whole word stands for each. */
function filesOfSqlite(
  { name, args }: CommandUse,
  scope: Scope,
): readonly { readonly word: Word; readonly text: string }[] {
  if (name !== "sqlite3") return [];
  return args.flatMap((word) => {
    const path = SQLITE.exec(textOf(word, scope))?.[1];
    return path?.startsWith("/") ? [{ word, text: path }] : [];
  });
}

const SQLITE =
  /^(?:\s*\.(?:backup|save|output|once)\s+(?:main\s+)?|\s*VACUUM\s+INTO\s+)['"]?(\/[^'"\s;]+)['"]?\s*;?\s*$/i;

function hasTarget(args: readonly Word[], scope: Scope): boolean {
  return args.some((word) => /^(-[a-zA-Z]*t|--target-directory(=.*)?)$/.test(textOf(word, scope)));
}

/** The word behind an option. */
function wordBehind(args: readonly Word[], scope: Scope, option: RegExp): readonly Word[] {
  const at = args.findIndex((word) => option.test(textOf(word, scope)));
  const word = at < 0 ? undefined : args[at + 1];
  return word ? [word] : [];
}

/** A word's value; what is not known is one HOLE character. */
function textOf(word: Word, scope: Scope): string {
  if (word.literal !== undefined) return word.literal;
  return resolveWord(word, scope)
    .pieces.map((piece) => ("text" in piece ? piece.text : HOLE))
    .join("");
}
