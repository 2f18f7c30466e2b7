import { HOLE } from "../../eval/value.ts";
import type { Host, Script } from "../../host/host.ts";
import { type ScriptCommand, scriptCommands } from "../reading/script-commands.ts";
import { type SubvolumeCommand, subvolumeCommand } from "../reading/subvolume-command.ts";
import { defineRule } from "../rule.ts";

/** A script of the initrd makes the new root as a snapshot where the old one still is. */
export const snapshotIntoExistingRoot = defineRule({
  code: "IMP536",
  name: "snapshot-into-existing-root",
  group: "rollback",
  severity: "error",
  since: "0.1.0",

  check({ host, report }) {
    const name = rootName(host);
    if (name === undefined) return;
    for (const script of host.scripts) {
      if (script.option[0] !== "boot" || script.option[1] !== "initrd" || !/\bsnapshot\b/.test(script.text)) continue;
      const found = intoExisting(script, name);
      if (!found) continue;
      const { command, blank, root } = found;
      report({
        at: script.placeOf(command.start, command.end) ?? script.place,
        message: `Nothing in this script deletes \`${root}\` or moves it away first. btrfs then makes the snapshot inside of it, as \`${root}/${blank}\`, and fails at the next boot, because that is there: the root is never emptied.`,
        help: `Delete the old root before, after the subvolumes inside of it (btrfs subvolume delete ${root}), or move it to a directory of old roots.`,
      });
    }
  },
});

/** The name of the subvolume that is mounted as the root. */
function rootName({ fileSystems }: Host): string | undefined {
  const root = fileSystems.find(({ mountpoint }) => mountpoint === "/");
  const isBtrfs = root?.fsType.known && root.fsType.value === "btrfs";
  return isBtrfs && root.subvolume?.known && root.subvolume.value !== "" ? root.subvolume.value : undefined;
}

/** Programs that leave the old root where it is; `[` and `test` may stand before a branch that is not looked at. */
const HARMLESS =
  /^(mkdir|mount|umount|btrfs|cut|awk|sed|grep|sort|tr|tac|read|echo|printf|date|sleep|sync|set|udevadm|true|:|local|export|shift|head|tail|cat|modprobe)$/;

function intoExisting(
  script: Script,
  name: string,
): { readonly command: ScriptCommand; readonly blank: string; readonly root: string } | undefined {
  const commands = scriptCommands(script);
  if (script.holes.length > 0 || commands.some(({ program }) => !HARMLESS.test(program))) return undefined;
  if (/\b(if|case)\b/.test(script.text)) return undefined;
  const actions = commands.flatMap((command) => subvolumeCommand(command) ?? []);
  for (const { action, operands, options, command } of actions) {
    const [source, target] = operands;
    if (action !== "snapshot" || options.length > 0 || !source || !target) continue;
    const root = target.text.replace(/\/+$/, "");
    if (root.includes(HOLE) || source.text.includes(HOLE) || !(root === name || root.endsWith(`/${name}`))) continue;
    const before = actions.filter((one) => one.command.start < command.start);
    const makes = before.some((one) => one.action === "create" || one.action === "snapshot");
    if (makes || before.some((one) => one.action === "delete" && mayDelete(one, root, before))) return undefined;
    return { command, blank: source.text.split("/").at(-1) ?? "", root };
  }
  return undefined;
}

/** Whether a command may delete the root itself: `btrfs subvolume list -o` names only what is inside of it. */
function mayDelete({ operands }: SubvolumeCommand, root: string, before: readonly SubvolumeCommand[]): boolean {
  const listsInside = before.some(
    ({ action, options, operands: [of] }) =>
      action === "list" && options.includes("-o") && of?.text.replace(/\/+$/, "") === root,
  );
  return operands.some(({ text }) => {
    if (!text.includes(HOLE)) return text.replace(/\/+$/, "") === root;
    // A path below the mount point with a name out of the list, and not a name of which nothing is known.
    return !(listsInside && /^\/[^\u0000]*\/[^/]*$/.test(text) && text.split(HOLE)[0] !== "");
  });
}
