import { HOLE } from "../../eval/value.ts";
import { type ScriptCommand, scriptCommands } from "../reading/script-commands.ts";
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
    for (const script of subvolumeScripts(host.scripts)) {
      const commands = scriptCommands(script);
      if (!commands.some((command) => subvolumeCommand(command)?.action === "delete")) continue;
      const finds = commands.filter(isByAge).filter((find) => contentOf(find, commands) !== "folders");
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
  const folder = (find.words[1]?.text ?? "").replace(/\/+$/, "");
  const isEntry = (path: string | undefined) =>
    path?.startsWith(`${folder}/`) === true && !path.slice(folder.length + 1).includes("/");
  const into = new Set<string>();
  for (const command of commands) {
    const target = command.words.at(-1)?.text.replace(/\/+$/, "");
    const { action } = subvolumeCommand(command) ?? {};
    if (action === "snapshot" && (target === folder || isEntry(target))) into.add("snapshots");
    if (command.program === "mv" && (target === folder || isEntry(target))) into.add("roots");
    if (command.program === "mkdir" && isEntry(target) && target?.includes(HOLE)) into.add("folders");
  }
  // A snapshot whose target is a folder that the script has just made is put inside of that.
  const isInside = into.has("folders") && into.has("snapshots") && !into.has("roots");
  if (isInside) return "folders";
  for (const kind of ["snapshots", "roots", "folders"] as const) if (into.has(kind)) return kind;
  return /old[_-]?roots?/i.test(folder) ? "roots" : undefined;
}
