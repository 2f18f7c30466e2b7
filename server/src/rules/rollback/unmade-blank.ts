import { HOLE } from "../../eval/value.ts";
import type { DiskoLayout, Host, Rollback, Script } from "../../host/host.ts";
import { commandsOf } from "../../host/script-commands.ts";
import { cleanSubvolume } from "../../host/subvolume.ts";
import { scriptCommands } from "../reading/script-commands.ts";
import { defineRule } from "../rule.ts";

/** A rollback to a blank that nothing makes, on a disk whose whole layout is known. */
export const unmadeBlank = defineRule({
  code: "IMP514",
  name: "unmade-blank",
  group: "rollback",
  severity: "warning",
  since: "0.1.0",

  check({ host, report, program }) {
    const layout = rootLayout(host);
    if (!layout) return;
    for (const rollback of host.rollbacks) {
      const { blank, runs, technique, script, wipesRoot } = rollback;
      // That the root is elsewhere is said where the two are compared.
      if (wipesRoot.answer === "no") continue;
      if (blank === undefined || blank.includes(HOLE) || runs.answer === "no" || technique !== layout.fsType) continue;
      const name = technique === "zfs" ? blank.slice(blank.indexOf("@") + 1) : cleanSubvolume(blank);
      const base = name.slice(name.lastIndexOf("/") + 1);
      if (base === "" || isDeclared(layout, name) || mayBeMade(host, rollback, base)) continue;
      const at = script.text.indexOf(base);
      const other = technique === "zfs" ? otherSnapshot(host, rollback, base) : undefined;
      const file = rollback.place?.file;
      const byHand = other === undefined && file !== undefined && isSaidToBeMade(program(file)?.text ?? "", base);
      report({
        severity: byHand ? "information" : other === undefined ? "warning" : "error",
        at: (at < 0 ? undefined : script.placeOf(at, at + base.length)) ?? rollback.place,
        message: `The root is taken from the blank \`${blank}\`, and nothing in the configuration makes it: neither disko's layout nor a hook or script${other === undefined ? "" : ` (one makes ${other})`}. After an installation from this configuration ${CONSEQUENCES[technique]}`,
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

/** Whether a comment beside the script says of the blank that somebody made it. */
function isSaidToBeMade(text: string, base: string): boolean {
  const told = /\b(taken|took|made|make|created?|by hand|manual(ly)?|once|after (the )?install\w*|snapshotted)\b/i;
  return text.split("\n").some((line) => {
    const comment = /^\s*#+\s(.*)$/.exec(line)?.[1];
    return comment?.includes(base) === true && told.test(comment);
  });
}

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
 * Whether another script than the rollback makes the blank or may, such as a hook of disko's, or holds what is not known;
 * or the rollback itself makes one when there is none.
 */
function mayBeMade(host: Host, rollback: Rollback, base: string): boolean {
  const { script, technique } = rollback;
  const others = host.scripts.filter(({ option }) => option.join() !== script.option.join());
  if (
    others.some((other) =>
      other.text.includes(base)
        ? technique !== "zfs" || mayMakeSnapshot(other, rollback, base)
        : other.text.includes(HOLE) && other.option[0] === "disko",
    )
  )
    return true;
  return commandsOf(script).storage.some((command) => {
    if (command.kind === "subvolume-create") return command.targets.some((word) => names(script.text, word, base));
    if (command.kind === "subvolume-snapshot") return names(script.text, command.destination, base);
    return /zfs\s+snap/.test(script.text);
  });
}

/** A snapshot that a script takes with \`zfs snapshot\`. */
interface Taken {
  readonly dataset: string;
  readonly snapshot: string;
  readonly isRecursive: boolean;
}

/** The snapshots that a script takes; undefined where one of their names is only known when it runs. */
function snapshotsOf(script: Script): readonly Taken[] | undefined {
  const taken: Taken[] = [];
  for (const { program, words } of scriptCommands(script)) {
    if (program !== "zfs" || !/^snap(shot)?$/.test(words[1]?.text ?? "")) continue;
    const given = words.slice(2).map(({ text }) => text);
    const isRecursive = given.some((text) => /^-[a-z]*r/.test(text));
    for (const text of given.filter((word) => word.includes("@") || word.includes(HOLE))) {
      const [dataset = "", snapshot = ""] = text.split("@");
      if (text.includes(HOLE)) return undefined;
      taken.push({ dataset, snapshot, isRecursive });
    }
  }
  return taken;
}

/** Whether a script that speaks of the blank makes it: it may, unless all that it takes are snapshots of other datasets. */
function mayMakeSnapshot(script: Script, { wipes }: Rollback, base: string): boolean {
  const taken = snapshotsOf(script);
  if (!taken || taken.length === 0 || wipes.length === 0 || /\bzfs\s+(clone|re(cv|ceive)|rename)\b/.test(script.text))
    return true;
  return taken.some(
    ({ dataset, snapshot, isRecursive }) =>
      snapshot === base &&
      wipes.some(
        (wiped) => wiped === dataset || (isRecursive && isDatasetBelow(wiped, dataset) && isThere(script, wiped)),
      ),
  );
}

const isDatasetBelow = (dataset: string, above: string): boolean => dataset.startsWith(`${above}/`);

/** Whether a dataset exists when a hook of disko's runs: datasets are made one by one in the order of their names. */
function isThere({ option }: Script, dataset: string): boolean {
  const [top, devices, zpool, pool, datasets, name] = option;
  if (top !== "disko" || devices !== "devices" || zpool !== "zpool" || datasets !== "datasets") return true;
  if (pool === undefined || name === undefined) return true;
  // The pool's own dataset is one of that name among them.
  return !dataset.startsWith(`${pool}/`) || dataset.slice(pool.length + 1) <= name;
}

/** The snapshot that a hook makes instead: of the dataset under another name, or by the name of the blank of another dataset. */
function otherSnapshot(host: Host, { wipes }: Rollback, base: string): string | undefined {
  for (const script of host.scripts.filter(({ option }) => option[0] === "disko")) {
    for (const { dataset, snapshot, isRecursive } of snapshotsOf(script) ?? []) {
      const made = `\`${dataset}@${snapshot}\``;
      if (wipes.includes(dataset)) return made;
      if (snapshot !== base) continue;
      if (!wipes.some((wiped) => isDatasetBelow(wiped, dataset))) return made;
      return isRecursive
        ? `${made} before disko has made the datasets below it`
        : `${made} without \`-r\`, which leaves out the datasets below it`;
    }
  }
  return undefined;
}

function names(text: string, { start, end }: { start: number; end: number }, base: string): boolean {
  const written = text.slice(start, end);
  return written.includes(base) || written.includes("$");
}
