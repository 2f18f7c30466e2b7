import { scriptCommands } from "../reading/script-commands.ts";
import { subvolumeCommand } from "../reading/subvolume-command.ts";
import { defineRule } from "../rule.ts";

/** A subvolume that holds others cannot be deleted; systemd and container engines make such by themselves. */
export const rootDeleteWithoutNested = defineRule({
  code: "IMP504",
  name: "root-delete-without-nested",
  group: "rollback",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    for (const script of host.scripts) {
      if (
        !host.rollbacks.some(({ option, technique }) => technique !== "zfs" && option.join() === script.option.join())
      )
        continue;
      const actions = scriptCommands(script).flatMap((command) => subvolumeCommand(command) ?? []);
      if (actions.some(({ action }) => action === "list")) continue;
      const root = host.fileSystems.find(({ mountpoint }) => mountpoint === "/");
      const wiped = host.rollbacks.flatMap(({ wipes }) => wipes);
      // Only in the root systemd and the container engines make subvolumes of their own; a tmpfs has none.
      const isOther = (path: string) => {
        const mounted = root?.subvolume;
        if (mounted === undefined) return root?.fsType.known === true;
        if (!mounted.known || endsWith(path, mounted.value)) return false;
        return wiped.some((name) => name !== mounted.value && endsWith(path, name));
      };
      const made = actions.flatMap(({ action, operands }) => {
        const target = action === "create" ? operands[0] : action === "snapshot" ? operands[1] : undefined;
        return target?.key === undefined ? [] : [target.key];
      });
      for (const { action, options, operands, tool, command } of actions) {
        if (action !== "delete" || options.some((option) => option === "-R" || option === "--recursive")) continue;
        const target = operands.find(({ key }) => key !== undefined && made.includes(key));
        if (!target || isOther(target.text)) continue;
        report({
          at: script.placeOf(command.start, command.end) ?? script.place,
          message: `\`${tool} subvolume delete ${target.shown}\` fails with "Directory not empty" as soon as it holds another subvolume, and systemd (/var/lib/machines, /var/lib/portables) and Docker make such by themselves. Then the old content stays, or the boot stops.`,
          help: "Delete the nested subvolumes first (btrfs subvolume delete -R, or a guarded recursion), or move the old root away and clean up later.",
        });
      }
    }
  },
});

function endsWith(path: string, name: string): boolean {
  return path === name || path.endsWith(`/${name}`);
}
