import { commandsOf } from "../../host/script-commands.ts";
import { type Handing, handedToDelete } from "../reading/handed-to-delete.ts";
import { defineRule } from "../rule.ts";

/** `btrfs subvolume list` without `-o` lists the whole filesystem, whatever path it is given. */
export const deleteOfEverySubvolume = defineRule({
  code: "IMP518",
  name: "delete-of-every-subvolume",
  group: "rollback",
  severity: "error",
  since: "0.1.0",

  check({ host, report }) {
    for (const script of host.scripts) {
      if (!script.text.includes("list") || !script.text.includes("delete")) continue;
      const read = commandsOf(script);
      for (const command of read.storage) {
        // `-s`, `-r`, `-G` and the like list some of them only.
        if (command.kind !== "subvolume-list" || command.options.some((option) => /^-[osrdGC]/.test(option))) continue;
        const handing = handedToDelete(command, read, script.text);
        if (!handing || mayChoose(handing)) continue;
        report({
          at: script.placeOf(command.start, command.end) ?? script.place,
          message:
            "`btrfs subvolume list` without `-o` lists every subvolume of the filesystem, whatever directory it is given. All of them are handed to `btrfs subvolume delete`, the persistent ones and `/nix` included.",
          help: "Add -o, with the subvolume whose nested ones shall go: btrfs subvolume list -o /mnt/root",
        });
      }
    }
  },
});

/** Programs that change the form of lines, and leave none out. */
const FORMS = /^(cut|sort|tac|rev|tr)\s[^|]*$|^awk\s+'\{\s*print\s[^|~/=]*\}'$/;

/** Whether something between the list and the delete may leave out some of the subvolumes. */
function mayChoose({ through, before }: Handing): boolean {
  if (/\[|&&|\|\||\b(if|case|continue|break|grep|test)\b/.test(before)) return true;
  const stages = through.split("|").map((stage) => stage.replace(/[\s;)"`]+$/, "").trim());
  return stages.some((stage) => stage !== "" && !FORMS.test(stage));
}
