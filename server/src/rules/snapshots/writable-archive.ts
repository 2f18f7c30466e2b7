import { offer } from "../../edits/fix-plan.ts";
import { replaceTextAt } from "../../edits/place-edit.ts";
import { HOLE } from "../../eval/value.ts";
import { type ScriptCommand, scriptCommands } from "../reading/script-commands.ts";
import { subvolumeCommand, subvolumeScripts } from "../reading/subvolume-command.ts";
import { defineRule } from "../rule.ts";

/** A snapshot that is kept should be read-only; only such can be sent elsewhere. */
export const writableArchive = defineRule({
  code: "IMP605",
  name: "writable-archive",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    for (const script of subvolumeScripts(context.host.scripts)) {
      const commands = scriptCommands(script);
      const deleted = new Set(commands.flatMap((command) => deletedBy(command)));
      for (const command of commands) {
        const found = subvolumeCommand(command);
        const target = found?.operands[1]?.text;
        if (
          found?.tool !== "btrfs" ||
          found.action !== "snapshot" ||
          found.options.includes("-r") ||
          target === undefined
        )
          continue;
        // A name with a date, or a place for old things: kept, not used as the new root.
        const name = target.split("/").at(-1) ?? "";
        const isKept =
          (name.includes(HOLE) && /[-_.\d]/.test(name)) ||
          /(snapshots?|old[_-]roots?|archives?|backups?)(\/|$)/.test(target);
        // One that the script deletes again, as a copy for a backup that needs files at rest, is not kept.
        const key = found.operands[1]?.key;
        if (key !== undefined && deleted.has(key)) continue;
        if (!isKept || /((^|\/)@?root|blank)$/.test(target)) continue;
        context.report({
          at: script.placeOf(command.start, command.end) ?? script.place,
          message:
            "This snapshot is kept, but writable: anything can change it afterwards, and `btrfs send` refuses it.",
          help: "Add -r: btrfs subvolume snapshot -r SOURCE TARGET",
          fixes: () =>
            offer(
              replaceTextAt(
                context,
                script.placeOf(found.actionWord.start, found.actionWord.end),
                found.actionWord.text,
                `${found.actionWord.text} -r`,
              ),
              { title: "Make the snapshot read-only", safety: "safe", preferred: true },
            ),
        });
      }
    }
  },
});

/** The subvolumes that a command deletes, as values that can be compared. */
function deletedBy(command: ScriptCommand): string[] {
  const found = subvolumeCommand(command);
  if (found?.tool !== "btrfs" || found.action !== "delete") return [];
  return found.operands.flatMap(({ key }) => key ?? []);
}
