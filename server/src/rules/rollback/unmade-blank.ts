import { HOLE } from "../../eval/value.ts";
import type { DiskoLayout, Host, Rollback } from "../../host/host.ts";
import { commandsOf } from "../../host/script-commands.ts";
import { cleanSubvolume } from "../../host/subvolume.ts";
import { defineRule } from "../rule.ts";

/** A rollback to a blank that nothing makes, on a disk whose whole layout is known. */
export const unmadeBlank = defineRule({
  code: "IMP514",
  name: "unmade-blank",
  group: "rollback",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    const layout = rootLayout(host);
    if (!layout) return;
    for (const rollback of host.rollbacks) {
      const { blank, runs, technique, script } = rollback;
      if (blank === undefined || blank.includes(HOLE) || runs.answer === "no" || technique !== layout.fsType) continue;
      const name = technique === "zfs" ? blank.slice(blank.indexOf("@") + 1) : cleanSubvolume(blank);
      const base = name.slice(name.lastIndexOf("/") + 1);
      if (base === "" || isDeclared(layout, name) || mayBeMade(host, rollback, base)) continue;
      const at = script.text.indexOf(base);
      const other = technique === "zfs" ? otherSnapshot(host, rollback) : undefined;
      report({
        severity: other === undefined ? "warning" : "error",
        at: (at < 0 ? undefined : script.placeOf(at, at + base.length)) ?? rollback.place,
        message: `The root is taken from the blank \`${blank}\`, and nothing in the configuration makes it: neither disko's layout nor a hook or script${other === undefined ? "" : ` (one makes \`${other}\`)`}. After an installation from this configuration ${CONSEQUENCES[technique]}`,
        help:
          technique === "zfs"
            ? `Let disko make it with the dataset: \`postCreateHook = "zfs snapshot ${rollback.wipes[0] ?? "POOL/DATASET"}@${base}";\`. On a host that is installed, see whether it is there: \`zfs list -t snapshot\`.`
            : `Let disko make it: an empty subvolume \`"${name}" = { };\` beside the others is a blank. On a host that is installed, see whether it is there: \`btrfs subvolume list /\`.`,
        related: [{ place: layout.place, message: "the layout that disko makes" }],
      });
    }
  },
});

const CONSEQUENCES: Record<Rollback["technique"], string> = {
  btrfs:
    "the script deletes the root and has nothing to put in its place, or fails before it, until somebody makes the blank by hand.",
  bcachefs: "the script has nothing to put in the place of the root, until somebody makes the blank by hand.",
  zfs: "`zfs rollback` fails at every boot, and the root is never emptied, until somebody makes the snapshot by hand.",
};

/** The layout that holds the root, when it is known to the last subvolume. */
function rootLayout(host: Host): DiskoLayout | undefined {
  const root = host.fileSystems.find(({ mountpoint }) => mountpoint === "/")?.disko;
  const layout = root && host.layouts.find(({ subvolumes }) => subvolumes.includes(root));
  return layout && layout.open === undefined && host.fileSystemsOpen === undefined ? layout : undefined;
}

function isDeclared({ subvolumes }: DiskoLayout, name: string): boolean {
  return subvolumes.some((subvolume) => subvolume.name === name);
}

/**
 * Whether another script than the rollback speaks of the blank, such as a hook of disko's, or holds what is not known;
 * or the rollback itself makes one when there is none.
 */
function mayBeMade(host: Host, { script }: Rollback, base: string): boolean {
  const others = host.scripts.filter(({ option }) => option.join() !== script.option.join());
  if (others.some(({ text, option }) => text.includes(base) || (text.includes(HOLE) && option[0] === "disko")))
    return true;
  return commandsOf(script).storage.some((command) => {
    if (command.kind === "subvolume-create") return command.targets.some((word) => names(script.text, word, base));
    if (command.kind === "subvolume-snapshot") return names(script.text, command.destination, base);
    return /zfs\s+snapshot/.test(script.text);
  });
}

/** The snapshot that a hook makes of the dataset under another name. */
function otherSnapshot(host: Host, { wipes, blank }: Rollback): string | undefined {
  const made = host.scripts
    .filter(({ option }) => option[0] === "disko")
    .flatMap(({ text }) => [...text.matchAll(/\bzfs\s+snapshot\s+(?:-r\s+)?["']?([^\s"'@]+)@([^\s"']+)/g)])
    .find((match) => wipes.includes(match[1] ?? "") && match[2] !== blank);
  return made && `${made[1]}@${made[2]}`;
}

function names(text: string, { start, end }: { start: number; end: number }, base: string): boolean {
  const written = text.slice(start, end);
  return written.includes(base) || written.includes("$");
}
