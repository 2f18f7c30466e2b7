import { HOLE } from "../../eval/value.ts";
import type { Host, Script } from "../../host/host.ts";
import { type ScriptCommand, scriptCommands } from "../reading/script-commands.ts";
import { subvolumeCommand } from "../reading/subvolume-command.ts";
import { defineRule } from "../rule.ts";

/** A script of the initrd makes the new root as a snapshot that nobody can write to. */
export const readOnlyNewRoot = defineRule({
  code: "IMP526",
  name: "read-only-new-root",
  group: "rollback",
  severity: "error",
  since: "0.1.0",

  check({ host, report }) {
    const name = rootName(host);
    if (name === undefined) return;
    const scripts = host.scripts.filter(({ option }) => option[0] === "boot" && option[1] === "initrd");
    if (scripts.some(({ text }) => MAKES_WRITABLE.test(text))) return;
    for (const script of scripts) {
      const found = /\bsnapshot\b/.test(script.text) ? readOnlyRoot(script, name) : undefined;
      if (!found) continue;
      const { command, root, flag } = found;
      report({
        at: script.placeOf(flag.start, flag.end) ?? script.placeOf(command.start, command.end) ?? script.place,
        message: `\`${flag.text}\` makes \`${root}\` read-only, and that is the subvolume which is mounted at \`/\`: nothing can be written to the new root, so that NixOS can neither make its files nor start its services ("Read-only file system").`,
        help: `Leave out \`${flag.text}\`: a snapshot of a read-only blank can be written to, the blank itself stays as it is.`,
      });
    }
  },
});

/** Turns a read-only subvolume into one that can be written to. */
const MAKES_WRITABLE = /\bbtrfs\s+pr\w*\s+s\w*\s|\bset-subvol-ro\b|\bset-file-option\b/;

/** The name of the subvolume that is mounted as the root. */
function rootName({ fileSystems }: Host): string | undefined {
  const root = fileSystems.find(({ mountpoint }) => mountpoint === "/");
  const isCopied = root?.fsType.known && /^(btrfs|bcachefs)$/.test(root.fsType.value);
  return isCopied && root.subvolume?.known && root.subvolume.value !== "" ? root.subvolume.value : undefined;
}

interface Found {
  readonly command: ScriptCommand;
  readonly flag: ScriptCommand["words"][number];
  readonly root: string;
}

/** The last thing that a script does with the root, where that is a read-only snapshot under its name. */
function readOnlyRoot(script: Script, name: string): Found | undefined {
  const commands = scriptCommands(script);
  let last: Found | undefined;
  for (const command of commands) {
    const subvolume = subvolumeCommand(command);
    const target = subvolume?.action === "snapshot" ? subvolume.operands.at(-1) : undefined;
    const root = target?.text.replace(/\/+$/, "");
    if (subvolume && root !== undefined && isRoot(root, name) && subvolume.operands.length === 2) {
      const flag = command.words.find(({ text }) => /^(-[a-z]*r[a-z]*|--read-?only)$/.test(text));
      last = flag && { command, flag, root };
      continue;
    }
    // What is moved away, deleted or made anew after it is not what is mounted; mounting and asking change nothing.
    const isHarmless = HARMLESS.test(command.program) || subvolume?.action === "list" || subvolume?.action === "show";
    if (last && !isHarmless && command.words.some(({ text }) => text.includes(HOLE) || isRoot(text, name)))
      last = undefined;
  }
  return last;
}

const HARMLESS = /^(mkdir|mount|umount|echo|printf|sync|rmdir|ls|\[|test|true|:)$/;

function isRoot(path: string, name: string): boolean {
  const plain = path.replace(/\/+$/, "");
  return plain === name || (plain.startsWith("/") && plain.endsWith(`/${name}`));
}
