import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { isBelow, normalise } from "../../host/paths.ts";
import { commandsOf } from "../../host/script-commands.ts";
import { resolveWord } from "../../shell/sh-values.ts";
import { tmpfilesRules } from "../reading/tmpfiles.ts";
import { defineRule } from "../rule.ts";

/** What nobody misses in a snapshot, or what snapshots themselves are kept in. */
const LITTLE =
  /\/(\.?snapshots?|\.?swap\w*|\.?cache|tmp|machines|portables|docker|containers|nix|old_roots)(\/|$)|snap/i;

/** A subvolume inside of one that is snapshotted: in the snapshots it is an empty directory. */
export const nestedSubvolumeInSnapshotSource = defineRule({
  code: "IMP619",
  name: "nested-subvolume-in-snapshot-source",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    if (host.snapshotJobs.length === 0) return;
    const sources = host.snapshotJobs.flatMap((job) =>
      job.tool === "sanoid" ? [] : job.sources.flatMap((source) => (source.known ? [{ ...source, job }] : [])),
    );
    for (const nested of madeSubvolumes(host)) {
      const fs = host.fileSystemAt(nested.path);
      if (LITTLE.test(nested.path) || sources.some(({ value }) => normalise(value) === nested.path)) continue;
      const around = sources.find(
        ({ value }) => isBelow(nested.path, value) && fs !== undefined && host.fileSystemAt(value) === fs,
      );
      if (!around || !fs?.fsType.known || fs.fsType.value !== "btrfs" || fs.mountpoint === nested.path) continue;
      report({
        at: nested.place,
        message: `\`${nested.path}\` becomes a subvolume of its own inside of \`${around.value}\`, of which \`${around.job.name}\` takes snapshots. A snapshot ends at the next subvolume: in it, and in every backup made from it, \`${nested.path}\` is an empty directory.`,
        help: "Take snapshots of it as well, or make it a plain directory.",
        related: [{ place: around.place ?? around.job.place, message: "snapshotted here" }],
      });
    }
  },
});

/** Subvolumes that tmpfiles rules and scripts of the running system make. */
function madeSubvolumes(host: Host): { readonly path: string; readonly place: Place | undefined }[] {
  const byRules = tmpfilesRules(host).flatMap(({ type, path, place }) =>
    /^[vqQ]/.test(type) ? [{ path, place }] : [],
  );
  const byScripts = host.scripts
    .filter(({ option, text }) => option[0] !== "disko" && option[1] !== "initrd" && text.includes("create"))
    .flatMap((script) => {
      const { storage, scope } = commandsOf(script);
      return storage.flatMap((command) =>
        command.kind !== "subvolume-create"
          ? []
          : command.targets.flatMap((word) => {
              const { value } = resolveWord(word, scope);
              const place = script.placeOf(word.start, word.end) ?? script.place;
              return value?.startsWith("/") ? [{ path: normalise(value), place }] : [];
            }),
      );
    });
  return [...byRules, ...byScripts];
}
