import { HOLE } from "../../eval/value.ts";
import type { Host, Rollback, SnapshotJob } from "../../host/host.ts";
import { commandsOf } from "../../host/script-commands.ts";
import { tmpfilesRules } from "../reading/tmpfiles.ts";
import { defineRule } from "../rule.ts";

/** Old roots that are kept and never deleted. */
export const endlessOldRoots = defineRule({
  code: "IMP523",
  name: "endless-old-roots",
  group: "rollback",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    for (const rollback of host.rollbacks) {
      const { archive, method, script, runs, wipesRoot } = rollback;
      if (archive === undefined || (method !== "move-to-archive" && method !== "rolling")) continue;
      if (runs.answer === "no" || wipesRoot.answer === "no" || mayDelete(host, rollback)) continue;
      const { storage } = commandsOf(script);
      const aside = storage.find(({ kind }) => kind === (method === "rolling" ? "subvolume-snapshot" : "move"));
      report({
        at: (aside && script.placeOf(aside.start, aside.end)) ?? rollback.place,
        message: `Every boot puts the old root into \`${archive}\`, and nothing in the configuration ever deletes one: all that was ever written to a root stays on the disk, until it is full.`,
        help: "Delete those that are too old after making the new root, each with the subvolumes inside of it; or delete the root at once.",
      });
    }
  },
});

/** Whether a script deletes old roots, or may: this one deletes more than the root, or another one speaks of them. */
function mayDelete(host: Host, { script, archive = "", method }: Rollback): boolean {
  const { storage, all } = commandsOf(script);
  const deletes = storage.filter(({ kind }) => kind === "subvolume-delete");
  // A rolling root is a snapshot, after which the root itself is deleted.
  if (deletes.length > (method === "rolling" ? 1 : 0) || script.holes.length > 0) return true;
  // A command without a word of its own only sets variables.
  if (
    all.some(({ name, nameWord }) =>
      name === undefined ? nameWord !== undefined : /^(rm|find|xargs|btrbk|snapper|sh|bash|eval)$/.test(name),
    )
  )
    return true;
  const folder = archive.split("/").at(-1) ?? archive;
  const mentions = (text: string) =>
    text.includes(folder) || /subvolume|btrbk|snapper|btrfs/.test(text) || text.includes(HOLE);
  return (
    host.scripts.some(
      (other) => other.text !== script.text && other.option.join() !== script.option.join() && mentions(other.text),
    ) ||
    tmpfilesRules(host).some(({ path }) => path.includes(folder)) ||
    host.snapshotJobs.some((job) => job.tool === "policy" || mayTakeForItsOwn(job, folder))
  );
}

/** Tools delete snapshots that they made; btrbk knows its own by their names, and looks where it puts them. */
function mayTakeForItsOwn({ tool, directory }: SnapshotJob, folder: string): boolean {
  if (tool !== "btrbk") return false;
  return directory?.known !== true || directory.value.split("/").at(-1) === folder;
}
