import type { Place } from "../../eval/origin.ts";
import type { DiskoSubvolume, Host, SnapshotJob } from "../../host/host.ts";
import { isBelow, normalise } from "../../host/paths.ts";
import { commandsOf } from "../../host/script-commands.ts";
import { resolveWord } from "../../shell/sh-values.ts";
import { isLeftOutByPlace, isLittleInSnapshots } from "../reading/subvolume-names.ts";
import { treePlace } from "../reading/subvolume-tree.ts";
import { tmpfilesRules } from "../reading/tmpfiles.ts";
import { defineRule } from "../rule.ts";

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
      if (isLittleInSnapshots(nested.path) || sources.some(({ value }) => normalise(value) === nested.path)) continue;
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
    for (const { subvolume, mountpoint, around } of nestedInLayouts(host, sources)) {
      report({
        at: subvolume.place,
        message: `disko makes \`${subvolume.name}\` (\`${mountpoint}\`) a subvolume of its own inside of \`${around.name}\`, of which \`${around.source.job.name}\` takes snapshots. A snapshot ends at the next subvolume: in it, and in every backup made from it, there is an empty directory in its place, and no job here takes snapshots of it by itself.`,
        help: "Take snapshots of it as well, or make it a plain directory.",
        related: [{ place: around.source.place ?? around.source.job.place, message: "snapshotted here" }],
      });
    }
  },
});

interface Source {
  readonly value: string;
  readonly place: Place | undefined;
  readonly job: SnapshotJob;
}

/** Subvolumes of disko whose place in the tree is inside of a source, and that are no source themselves. */
function nestedInLayouts(host: Host, sources: readonly Source[]) {
  const located = sources.map((source) => ({ source, ...treePlace(host, source.value) }));
  if (located.some(({ name }) => name === undefined)) return [];
  return diskoSubvolumes(host).flatMap(({ subvolume, at }) => {
    const { name, layout } = subvolume;
    if (isLittleInSnapshots(`/${name}`) || isLeftOutByPlace(name) || (at !== undefined && isLeftOutByPlace(at)))
      return [];
    const own = located.filter((one) => one.layout === layout);
    // The top level, and a root that is snapshotted for its system, are not meant to have all that is below.
    const around = own.find((one) => one.name !== "" && one.source.value !== "/" && name.startsWith(`${one.name}/`));
    if (!around || own.some((one) => one.name === name || one.name?.startsWith(`${name}/`))) return [];
    const outer = around.name ?? "";
    // Where nothing mounts it, it is seen where the tree has it.
    const mountpoint = at ?? `${around.source.value}${name.slice(outer.length)}`;
    return [{ subvolume, mountpoint, around: { ...around, name: outer } }];
  });
}

/** The subvolumes of btrfs that disko certainly makes: with where they are mounted, or undefined for those that are not. */
function diskoSubvolumes(
  host: Host,
): readonly { readonly subvolume: DiskoSubvolume; readonly at: string | undefined }[] {
  const mounted = host.fileSystems.flatMap(({ disko, mountpoint, certain }) =>
    disko && certain.answer === "yes" && disko.layout.fsType === "btrfs" ? [{ subvolume: disko, at: mountpoint }] : [],
  );
  const names = new Set(host.fileSystems.flatMap(({ subvolume }) => (subvolume?.known ? [subvolume.value] : [])));
  const plain = host.layouts.flatMap(({ fsType, subvolumes }) =>
    fsType !== "btrfs" || host.fileSystemsOpen !== undefined
      ? []
      : subvolumes.flatMap((subvolume) => {
          const { certain, mountpoint, name } = subvolume;
          const isMounted = !mountpoint.known || mountpoint.value !== null || names.has(name);
          return certain.answer !== "yes" || isMounted ? [] : [{ subvolume, at: undefined }];
        }),
  );
  return [...mounted, ...plain];
}

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
