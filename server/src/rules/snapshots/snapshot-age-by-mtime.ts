import { HOLE } from "../../eval/value.ts";
import type { Script } from "../../host/host.ts";
import { type ScriptCommand, type ScriptWord, scriptCommands } from "../reading/script-commands.ts";
import { subvolumeCommand, subvolumeScripts } from "../reading/subvolume-command.ts";
import { defineRule } from "../rule.ts";

/** A snapshot inherits the modification time of its source: its mtime says nothing of its age. */
export const snapshotAgeByMtime = defineRule({
  code: "IMP602",
  name: "snapshot-age-by-mtime",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    const scripts = subvolumeScripts(host.scripts);
    for (const script of scripts) {
      const commands = scriptCommands(script);
      if (!commands.some((command) => subvolumeCommand(command)?.action === "delete")) continue;
      const finds = commands.filter(
        (find) => isByAge(find) && contentOf(find, commands) !== "folders" && !isRenewed(find, commands, scripts),
      );
      const isArchive = (find: ScriptCommand) => contentOf(find, commands) === "roots";
      const [first] = finds.filter((command) => !isArchive(command)).concat(finds);
      if (!first) continue;
      const archive = isArchive(first);
      report({
        at: script.placeOf(first.start, first.end) ?? script.place,
        severity: archive ? "information" : "warning",
        message: archive
          ? "The age of a moved root is taken from its modification time, which is the last change of its top directory: a root that ran for long without one is deleted right after it was moved away."
          : "The age of a snapshot is taken from its modification time, but a snapshot inherits that from its source. A snapshot made just now of a directory that did not change for weeks is deleted at once.",
        help: "Judge by the date in the name, by `btrfs subvolume list -s` or `btrfs subvolume show` (Creation time), or leave the clean-up to btrbk or snapper.",
        related: finds
          .filter((command) => command !== first)
          .slice(0, 5)
          .map((command) => ({ place: script.placeOf(command.start, command.end), message: "the same here" })),
      });
    }
  },
});

function isByAge(command: ScriptCommand): boolean {
  return command.program === "find" && command.words.some(({ text }) => /^-m(time|min)$/.test(text));
}

/**
 * What the script puts into the folder that is searched. A folder that it makes for several snapshots, under a name
 * of the moment, has a time of its own, that of the snapshots made in it.
 */
function contentOf(
  find: ScriptCommand,
  commands: readonly ScriptCommand[],
): "snapshots" | "roots" | "folders" | undefined {
  const folder = searched(find);
  const into = new Set<string>(arrivals((path) => path === folder, commands).map(({ kind }) => kind));
  for (const { program, words } of commands) {
    const target = words.at(-1)?.text.replace(/\/+$/, "");
    if (program === "mkdir" && parentOf(target) === folder && target?.includes(HOLE)) into.add("folders");
  }
  // A snapshot whose target is a folder that the script has just made is put inside of that.
  const isInside = into.has("folders") && into.has("snapshots") && !into.has("roots");
  if (isInside) return "folders";
  for (const kind of ["snapshots", "roots", "folders"] as const) if (into.has(kind)) return kind;
  return /old[_-]?roots?/i.test(folder) ? "roots" : undefined;
}

/**
 * Whether all that is put into the searched folder gets the time of that moment by `touch`. Where another script fills
 * the folder, the filesystem may be mounted elsewhere in it, so the folder's own name has to do.
 */
function isRenewed(find: ScriptCommand, commands: readonly ScriptCommand[], scripts: readonly Script[]): boolean {
  const folder = searched(find);
  const own = arrivals((path) => path === folder, commands);
  if (own.length > 0) return own.every((arrival) => isTouched(arrival, commands));
  const elsewhere = scripts.flatMap((script) => {
    const others = scriptCommands(script);
    return arrivals((path) => nameOf(path) === nameOf(folder), others).map((arrival) => isTouched(arrival, others));
  });
  return elsewhere.length > 0 && !elsewhere.includes(false);
}

/** A subvolume that a script puts into a folder, by `mv` or as a snapshot. */
interface Arrival {
  readonly kind: "roots" | "snapshots";
  readonly command: ScriptCommand;
  readonly source: Named | undefined;
  /** Where it is then; undefined for a snapshot that nothing can be written to. */
  readonly path: Named | undefined;
}

/** A path, and what the script writes for it. */
type Named = Pick<ScriptWord, "text" | "shown" | "key">;

function arrivals(isFolder: (path: string) => boolean, commands: readonly ScriptCommand[]): Arrival[] {
  return commands.flatMap((command): Arrival[] => {
    const snapshot = subvolumeCommand(command);
    const kind = command.program === "mv" ? "roots" : snapshot?.action === "snapshot" ? "snapshots" : undefined;
    const [source, target] = command.words.slice(-2);
    if (kind === undefined || !source || !target) return [];
    const text = target.text.replace(/\/+$/, "");
    const isInto = isFolder(text);
    const parent = parentOf(text);
    if (!isInto && (parent === undefined || !isFolder(parent))) return [];
    const path = isInto
      ? { text: `${text}/${nameOf(source.text)}`, shown: `${target.shown}/${source.shown}`, key: undefined }
      : target;
    return [{ kind, command, source, path: snapshot?.options.some((one) => /^-\w*r/.test(one)) ? undefined : path }];
  });
}

/** Whether `touch` gives it the time of the moment, before (a move and a snapshot take the time along) or after. */
function isTouched({ command, source, path }: Arrival, commands: readonly ScriptCommand[]): boolean {
  return commands.some((touch) => {
    if (touch.program !== "touch" || touch.inFunction !== command.inFunction) return false;
    const [, ...words] = touch.words;
    const options = words.filter(({ text }) => text.startsWith("-")).map(({ text }) => text);
    // Another file's time, one that is written out, or the time of access alone.
    if (options.some((option) => /^-[acfhm]*[rdt]|^--(date|reference|time=a)/.test(option))) return false;
    if (options.some((option) => /^-[cfh]*a[cfh]*$/.test(option))) return false;
    const wanted = touch.start < command.start ? source : path;
    return wanted !== undefined && words.some((word) => isSamePath(word, wanted));
  });
}

/**
 * Whether two words of one function mean the same path: of equal value, or the same but for variables that are of
 * the same name. (What is assigned in a branch has no certain value.)
 */
function isSamePath(one: Named, other: Named): boolean {
  const plain = (text: string) => text.replace(/\/+\.?$/, "");
  if (plain(one.text) !== plain(other.text)) return false;
  if (!one.text.includes(HOLE) || (one.key !== undefined && one.key === other.key)) return true;
  if (/\$\(|`/.test(one.shown + other.shown)) return false;
  const [fewer, more] = [variablesOf(one), variablesOf(other)].sort((a, b) => a.length - b.length);
  return fewer !== undefined && fewer.length > 0 && fewer.every((name) => more?.includes(name));
}

function variablesOf({ shown }: Named): string[] {
  return [...shown.matchAll(/\$\{?(\w+)/g)].map(([, name]) => name ?? "");
}

function searched(find: ScriptCommand): string {
  return (find.words[1]?.text ?? "").replace(/\/+$/, "");
}

function parentOf(path: string | undefined): string | undefined {
  return path?.includes("/") ? path.slice(0, path.lastIndexOf("/")) : undefined;
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
