import { HOLE } from "../../eval/value.ts";
import type { Host, Script } from "../../host/host.ts";
import { normalise } from "../../host/paths.ts";
import { type ScriptCommand, scriptCommands } from "../reading/script-commands.ts";
import { subvolumeCommand } from "../reading/subvolume-command.ts";
import { defineRule } from "../rule.ts";

/** Read-only snapshots that are to go by `rm`, which cannot change anything in them. */
export const removedReadOnlySnapshot = defineRule({
  code: "IMP663",
  name: "removed-read-only-snapshot",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    const removing = host.scripts.filter(({ text }) => /\brm\s+-|\s-delete\b/.test(text));
    if (removing.length === 0) return;
    const folders = snapshotFolders(host);
    if (folders.size === 0) return;
    for (const script of removing) {
      const commands = scriptCommands(script);
      // What deletes subvolumes may leave plain directories to `rm`, and what makes them writable can use it.
      if (commands.some((command) => subvolumeCommand(command)?.action === "delete") || CHANGES.test(script.text))
        continue;
      for (const removal of removals(commands)) {
        const made = folders.get(removal.folder);
        if (!made) continue;
        const { start, end } = removal.command;
        report({
          at: script.placeOf(start, end) ?? script.place,
          message: `What is in \`${removal.folder}\` are read-only snapshots${made.who}, and \`${removal.shown}\` may delete nothing in one (“Read-only file system”): all of them stay, and the disk fills up.`,
          help: "Delete them with `btrfs subvolume delete`.",
          related: [{ place: made.place, message: "the snapshots are made here" }],
        });
        break;
      }
    }
  },
});

const CHANGES = /\bproperty\s+set\b|\bbtrfs\s+pr/;

interface Made {
  readonly who: string;
  readonly place: Script["place"];
}

/** The directories into which scripts and btrbk put read-only snapshots. */
function snapshotFolders(host: Host): ReadonlyMap<string, Made> {
  const folders = new Map<string, Made>();
  for (const { tool, directory, place, name } of host.snapshotJobs) {
    if (tool === "btrbk" && directory?.known)
      folders.set(normalise(directory.value), { who: ` of btrbk's \`${name}\``, place });
  }
  for (const script of host.scripts) {
    if (!script.text.includes("snapshot")) continue;
    for (const command of scriptCommands(script)) {
      const found = subvolumeCommand(command);
      const target = found?.operands[1]?.text;
      if (found?.tool !== "btrfs" || found.action !== "snapshot" || !found.options.includes("-r") || !target) continue;
      const name = target.slice(target.lastIndexOf("/") + 1);
      const folder = name.includes(HOLE) ? target.slice(0, target.lastIndexOf("/")) : target;
      if (/^\/[^\s]+$/.test(folder) && !folder.includes(HOLE))
        folders.set(normalise(folder), { who: "", place: script.placeOf(command.start, command.end) ?? script.place });
    }
  }
  return folders;
}

interface Removal {
  readonly folder: string;
  readonly shown: string;
  readonly command: ScriptCommand;
}

/** What removes everything, or what is old, of one directory. */
function removals(commands: readonly ScriptCommand[]): Removal[] {
  let searched: { readonly folder: string; readonly command: ScriptCommand } | undefined;
  return commands.flatMap((command): Removal[] => {
    const [, ...words] = command.words;
    if (command.program === "find") {
      const folder = words[0]?.text ?? "";
      searched = /^\/[\w.@/-]+$/.test(folder) ? { folder: normalise(folder), command } : undefined;
      const deletes = words.some(({ text }) => text === "-delete");
      const onlyFiles = words.some(({ text }, index) => text === "-type" && words[index + 1]?.text !== "d");
      return searched && deletes && !onlyFiles ? [{ ...searched, shown: "find -delete" }] : [];
    }
    const isDeep = words.some(({ text }) => /^-\w*[rR]|^--recursive$/.test(text));
    if (command.program !== "rm" || !isDeep) return [];
    const targets = words.filter(({ text }) => !text.startsWith("-"));
    const own = targets.flatMap(({ text }): Removal[] => {
      const folder = text.slice(0, text.lastIndexOf("/"));
      const name = text.slice(text.lastIndexOf("/") + 1);
      const isOne =
        !name.startsWith(".") && /^\/[\w.@/-]+$/.test(folder) && (name.includes(HOLE) || name.includes("*"));
      return isOne ? [{ folder: normalise(folder), shown: "rm -r", command }] : [];
    });
    // `find … -exec rm -rf {} +` and `find … | xargs rm -rf`.
    const isFound = targets.length === 0 || targets.every(({ text }) => text === "{}");
    return own.length > 0 ? own : isFound && searched ? [{ folder: searched.folder, shown: "rm -r", command }] : [];
  });
}
