import type { Place } from "../../eval/origin.ts";
import { HOLE } from "../../eval/value.ts";
import type { Host } from "../../host/host.ts";
import { childrenOf, isNamed, readString } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";

/** The file with the key of an encrypted dataset that disko makes. */
export interface DatasetKey {
  readonly dataset: string;
  readonly path: string;
  /** The option that names it. */
  readonly option: string;
  readonly place: Place | undefined;
  /** The initrd imports its pool, and loads the keys of all that is in it. */
  readonly isLoadedInInitrd: boolean;
}

/** The key files of disko's datasets, as `keylocation` names them after the hooks that run when they are made. */
export function datasetKeys(host: Host): readonly DatasetKey[] {
  const early = earlyPools(host);
  return childrenOf(host.config.at("disko", "devices", "zpool")).flatMap(({ name: pool, node }) => {
    const sets = [
      { dataset: pool, node, options: node.child("rootFsOptions") },
      ...childrenOf(node.child("datasets")).map((one) => ({
        dataset: `${pool}/${one.name}`,
        node: one.node,
        options: one.node.child("options"),
      })),
    ];
    return sets.flatMap(({ dataset, node: own, options }): DatasetKey[] => {
      const option = options.child("keylocation");
      const location = isNamed(options, "keylocation") ? readString(option) : undefined;
      const path = location?.known ? /^file:\/\/(\/.+)$/.exec(location.value)?.[1] : undefined;
      if (path === undefined || isReplaced(own) || isReplaced(node, dataset)) return [];
      return [
        { dataset, path, option: option.path.join("."), place: location?.place, isLoadedInInitrd: early.has(pool) },
      ];
    });
  });
}

/** The pools of filesystems that the initrd mounts. */
function earlyPools({ fileSystems }: Host): ReadonlySet<string> {
  return new Set(
    fileSystems.flatMap(({ fsType, device, mountedInInitrd }) =>
      fsType.known && fsType.value === "zfs" && device.known && mountedInInitrd.answer === "yes"
        ? [device.value.split("/")[0] ?? ""]
        : [],
    ),
  );
}

/**
 * Whether a hook of disko's changes where the key is looked for: the file of `options` is then that of the installation.
 * With `dataset`, whether a hook may mean that dataset: it names it, or what it names is not known.
 */
function isReplaced(node: OptionNode, dataset?: string): boolean {
  return ["postCreateHook", "postMountHook"].some((hook) => {
    if (!isNamed(node, hook)) return false;
    const text = readString(node.child(hook));
    if (!text?.known) return true;
    const commands = text.value.split(/[\n;]|&&/).filter((line) => /\bkeylocation\b/.test(line));
    return commands.some(
      (line) => dataset === undefined || line.includes(HOLE) || /\$/.test(line) || names(line, dataset),
    );
  });
}

function names(line: string, dataset: string): boolean {
  return line.split(/[\s"']+/).includes(dataset);
}
