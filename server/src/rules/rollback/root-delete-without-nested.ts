import { HOLE } from "../../eval/value.ts";
import type { Host, Rollback } from "../../host/host.ts";
import { type ScriptCommand, scriptCommands } from "../reading/script-commands.ts";
import { type SubvolumeCommand, subvolumeCommand } from "../reading/subvolume-command.ts";
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
      const rollback = host.rollbacks.find(
        ({ option, technique }) => technique !== "zfs" && option.join() === script.option.join(),
      );
      if (!rollback) continue;
      const commands = scriptCommands(script);
      // On bcachefs neither systemd nor the container engines make subvolumes.
      const actions = commands
        .flatMap((command) => subvolumeCommand(command) ?? [])
        .filter(({ tool }) => tool === "btrfs");
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
      const old = deleteOfOldRoot(host, rollback, commands, actions, made);
      if (!old) continue;
      report({
        at: script.placeOf(old.command.start, old.command.end) ?? script.place,
        message: `\`${old.tool} subvolume delete ${old.operands[0]?.shown ?? ""}\` does not delete an old root that holds other subvolumes ("Directory not empty"), and nearly every one does: systemd makes /var/lib/machines and /var/lib/portables as such, container engines may make more. What is moved away is never deleted, and the disk fills.`,
        help: "Delete the nested subvolumes as well: btrfs subvolume delete -R (btrfs-progs 6.12 and newer), or a function that looks at its argument with `btrfs subvolume show` and calls itself for each that `btrfs subvolume list -o` names.",
      });
    }
  },
});

/** What deletes old roots that were moved away, where the script does nothing about the subvolumes inside of them. */
function deleteOfOldRoot(
  host: Host,
  { technique, archive, method, runs }: Rollback,
  commands: readonly ScriptCommand[],
  actions: readonly SubvolumeCommand[],
  made: readonly string[],
): SubvolumeCommand | undefined {
  if (technique !== "btrfs" || method !== "move-to-archive" || archive === undefined || runs.answer === "no") return;
  const root = host.fileSystems.find(({ mountpoint }) => mountpoint === "/");
  // systemd makes its subvolumes where /var/lib is; on a filesystem of its own they are not in the root.
  if (root === undefined || host.fileSystemAt("/var/lib/machines") !== root) return;
  const deletes = actions.filter(({ action }) => action === "delete");
  const isRecursive = deletes.some(({ options }) => options.some((one) => one === "-R" || one === "--recursive"));
  // A script that empties the old root by other means, or names what is inside of it, may know what it does.
  if (isRecursive || commands.some(({ program }) => /^(rm|rmdir|eval|xargs)$/.test(program))) return;
  if (commands.some(({ program, words }) => program === "find" && words.some(({ text }) => reachesInside(text))))
    return;
  const old = deletes.filter(({ operands: [target] }) => target?.key === undefined || !made.includes(target.key));
  const isArchived = ({ operands: [target] }: SubvolumeCommand) => {
    const text = target?.text.replace(/\/+$/, "") ?? "";
    return text === HOLE || text.slice(0, text.lastIndexOf("/")).endsWith(`/${archive}`);
  };
  return old.length > 0 && old.every(isArchived) ? old[0] : undefined;
}

/** Tests of `find` that look for subvolumes at any depth, and `-delete`. */
function reachesInside(word: string): boolean {
  return word === "-inum" || word === "-delete" || word === "-depth";
}

function endsWith(path: string, name: string): boolean {
  return path === name || path.endsWith(`/${name}`);
}
