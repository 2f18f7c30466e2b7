import type { OptionNode } from "../modules/option-node.ts";
import { expand } from "./expand.ts";
import type { Known, SnapshotJob } from "./host.ts";
import { isNixosGroup } from "./nixos-groups.ts";
import { joinPath, normalise } from "./paths.ts";
import { perNode } from "./per-node.ts";
import { calendarSeconds, frequencySeconds, spanSeconds } from "./period.ts";
import { childrenOf, nameAt, readBoolean, readString, readStringOrNull } from "./read-values.ts";
import { known } from "./verdict.ts";

/** The jobs of tools and of the host's own policies; scripts are read in `script-snapshots.ts`. */
export function readToolJobs(root: OptionNode): SnapshotJob[] {
  return [...btrbkJobs(root), ...snapperJobs(root), ...policyJobs(root)];
}

function btrbkJobs(root: OptionNode): SnapshotJob[] {
  return expand(root, ["services", "btrbk", "instances", "*"]).flatMap(({ node, names }) => {
    const settings = node.child("settings");
    const calendar = readStringOrNull(node.child("onCalendar")) ?? known("daily");
    const stopped = calendar.known && calendar.value === null;
    const period = stopped ? undefined : calendarSeconds(calendar as Known<string>);
    const volumes = expand(settings, ["volume", "*"]).map((match) => ({
      node: match.node,
      path: normalise(match.names[0] ?? "/"),
    }));
    // btrbk also takes subvolumes by absolute path, without a volume around them.
    const places = [{ node: settings, path: "/" }, ...volumes];
    return places.flatMap((volume) => btrbkVolume(node, names[0] ?? "", settings, volume, period));
  });
}

function btrbkVolume(
  instance: OptionNode,
  name: string,
  settings: OptionNode,
  volume: { readonly node: OptionNode; readonly path: string },
  period: Known<number> | undefined,
): SnapshotJob[] {
  const subvolumes = childrenOf(volume.node.child("subvolume"));
  if (subvolumes.length === 0) return [];
  const setting = (key: string) =>
    readString(volume.node.child(key)) ?? (volume.node === settings ? undefined : readString(settings.child(key)));
  const directory = setting("snapshot_dir");
  const least = setting("snapshot_preserve_min");
  return [
    {
      tool: "btrbk",
      name,
      place: nameAt(instance),
      sources: subvolumes.map((child) => known(joinPath(volume.path, child.name), nameAt(child.node))),
      directory: directory?.known ? known(within(volume.path, directory.value), directory.place) : directory,
      period,
      // Only a minimum without a schedule keeps snapshots by age alone.
      retention: least && setting("snapshot_preserve") === undefined ? spanSeconds(least) : undefined,
      node: instance,
    },
  ];
}

function within(volume: string, directory: string): string {
  return directory.startsWith("/") ? normalise(directory) : joinPath(volume, directory);
}

function snapperJobs(root: OptionNode): SnapshotJob[] {
  const interval = readString(root.at("services", "snapper", "snapshotInterval")) ?? known("hourly");
  return expand(root, ["services", "snapper", "configs", "*"]).map(({ node, names }) => {
    const source = readString(node.child("SUBVOLUME"));
    const timeline = readBoolean(node.child("TIMELINE_CREATE"));
    return {
      tool: "snapper",
      name: names[0] ?? "",
      place: nameAt(node),
      sources: source ? [source] : [],
      directory: source?.known ? known(joinPath(source.value, ".snapshots"), source.place) : source,
      period: timeline?.known && !timeline.value ? undefined : timeline ? calendarSeconds(interval) : undefined,
      retention: undefined,
      node,
    };
  });
}

const POLICY = "snapshotPolicy";
const POLICY_DEPTH = 4;

/** `….snapshotPolicy.{frequency,retention}` of modules of the host itself. */
function policyJobs(root: OptionNode): SnapshotJob[] {
  return childrenOf(root).flatMap(({ name, node }) => (isNixosGroup(name) ? [] : policiesBelow(node)));
}

const policiesBelow = perNode((node): SnapshotJob[] =>
  childrenOf(node).flatMap(({ name, node: child }) => {
    if (name === POLICY) return [policyJob(child)];
    return node.path.length < POLICY_DEPTH ? policiesBelow(child) : [];
  }),
);

function policyJob(node: OptionNode): SnapshotJob {
  const frequency = readString(node.child("frequency"));
  const retention = readString(node.child("retention"));
  return {
    tool: "policy",
    name: node.path.join("."),
    place: nameAt(node),
    sources: [],
    directory: undefined,
    period: frequency && frequencySeconds(frequency),
    retention: retention && spanSeconds(retention),
    node,
  };
}
