import { scriptCommands } from "../reading/script-commands.ts";
import { subvolumeCommand, subvolumeScripts } from "../reading/subvolume-command.ts";
import { defineRule } from "../rule.ts";

/** `/` is what is mounted there, not a name in the filesystem: it cannot be deleted from inside. */
export const deleteOfTheMountedRoot = defineRule({
  code: "IMP507",
  name: "delete-of-the-mounted-root",
  group: "rollback",
  severity: "error",
  since: "0.1.0",

  check({ host, report }) {
    for (const script of subvolumeScripts(host.scripts)) {
      for (const command of scriptCommands(script)) {
        const found = subvolumeCommand(command);
        if (found?.action !== "delete" || !found.operands.some(({ text }) => text === "/")) continue;
        report({
          at: script.placeOf(command.start, command.end) ?? script.place,
          message: `\`${found.tool} subvolume delete /\` fails with "Invalid argument": \`/\` is the mounted root itself. Nothing is deleted, and the commands after it work on a root that is as full as before.`,
          help: "In the initrd, before the root is mounted: mount the top level (mount -o subvolid=5 DEVICE /mnt), move /mnt/root away and make it anew.",
        });
      }
    }
  },
});
