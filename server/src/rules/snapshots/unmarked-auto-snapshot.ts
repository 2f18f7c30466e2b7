import type { Place } from "../../eval/origin.ts";
import { type DatasetJob, datasetJobs, takesDataset } from "../../host/dataset-jobs.ts";
import type { FileSystem, Host } from "../../host/host.ts";
import { childrenOf, nameAt, openOf, readBoolean, readString } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { AUTO_SNAPSHOT, autoSnapshotTakes } from "../reading/auto-snapshot.ts";
import { backupCoverage } from "../reading/backup-coverage.ts";
import { dataOn } from "../reading/data-on-filesystem.ts";
import { isLeftOutByName } from "../reading/dataset-names.ts";
import { lossOf } from "../reading/wiped-root.ts";
import { defineRule, type RuleContext } from "../rule.ts";

/** `services.zfs.autoSnapshot` on pools of which no dataset asks for snapshots. */
export const unmarkedAutoSnapshot = defineRule({
  code: "IMP618",
  name: "unmarked-auto-snapshot",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    const enabled = readBoolean(host.config.at("services", "zfs", "autoSnapshot", "enable"));
    if (!enabled?.known || !enabled.value) return;
    const pools = host.config.at("disko", "devices", "zpool");
    const all = childrenOf(pools);
    // Pools that disko does not make may have the property by hand.
    const names = new Set(all.map(({ name }) => name));
    const isWhole = host.fileSystems.every(
      ({ fsType, device }) =>
        (fsType.known && fsType.value !== "zfs") || (device.known && names.has(device.value.split("/")[0] ?? "")),
    );
    if (all.length === 0 || openOf(pools) || !isWhole || host.fileSystemsOpen !== undefined) return;
    if (host.scripts.some(({ text }) => text.includes(AUTO_SNAPSHOT))) return;
    const sets = all.flatMap(({ node }) => [
      node.child("rootFsOptions"),
      ...childrenOf(node.child("datasets")).map((dataset) => dataset.node.child("options")),
    ]);
    if (sets.some(mayAsk)) {
      reportLeftOut(context);
      return;
    }
    report({
      at: enabled.place,
      message: `No dataset of disko's layout asks for snapshots: \`services.zfs.autoSnapshot\` takes them only of those with \`${AUTO_SNAPSHOT}=true\`, and the layout sets that nowhere. Unless it was set by hand, or on a pool that disko does not make, the timers run and there is never a snapshot.`,
      help: `Set options."${AUTO_SNAPSHOT}" = "true" for the datasets to keep (and zfs set ${AUTO_SNAPSHOT}=true DATASET on the running host: disko changes nothing after the installation).`,
      related: all.map(({ node }) => ({ place: node.definitions()[0]?.place, message: "the pool" })).slice(0, 3),
    });
  },
});

/** Datasets with data that neither have the property nor inherit it, beside others that have. */
function reportLeftOut(context: RuleContext): void {
  const { host, report } = context;
  const zfs = host.fileSystems.flatMap((fs) =>
    fs.certain.answer === "yes" && fs.fsType.known && fs.fsType.value === "zfs" && fs.device.known
      ? [{ fs, dataset: fs.device.value, taken: autoSnapshotTakes(host, fs.device.value) }]
      : [],
  );
  const example = zfs.find(({ taken }) => taken === "yes");
  if (!example) return;
  const jobs = datasetJobs(host.config);
  for (const { fs, dataset, taken } of zfs) {
    if (taken !== "no" || isLeftOutByName(dataset)) continue;
    const jobsOfIt = jobs.filter((job) => job.open !== undefined || takesDataset(job, dataset));
    if (isRefused(host, dataset)) {
      reportUnsendable(context, fs, dataset, jobsOfIt);
      continue;
    }
    if (jobsOfIt.length > 0) continue;
    const kept = dataOn(host, fs);
    const store = host.stores.find(({ path }) => path.known && host.fileSystemAt(path.value) === fs);
    if ((!kept && !store) || lossOf(host, fs.mountpoint).lost !== "no") continue;
    const isBare = store !== undefined || (kept && backupCoverage(host, kept.path) === "no");
    const refused = refusedAbove(host, dataset);
    report({
      at: placeOfDataset(host, dataset) ?? fs.place,
      severity: isBare ? "warning" : "information",
      message: `\`services.zfs.autoSnapshot\` takes no snapshot of \`${dataset}\` (\`${fs.mountpoint}\`): ${refused ? `it inherits \`${AUTO_SNAPSHOT}=false\`` : `nothing sets \`${AUTO_SNAPSHOT}\` for it`}, while \`${example.dataset}\` has \`true\`. ${store ? `All that is persisted in \`${fs.mountpoint}\`` : `What \`${kept?.path}\` holds`} has no snapshot to go back to.`,
      help: `Set options."${AUTO_SNAPSHOT}" = "true" for it (and zfs set ${AUTO_SNAPSHOT}=true ${dataset} on the running host), or "false" where that is meant.`,
      related: [
        { place: refused, message: "`false` is inherited from here" },
        { place: example.fs.place, message: "this dataset asks for snapshots" },
      ],
    });
  }
}

/** A dataset that is to have no snapshots, while a job is to send those that others made of it. */
function reportUnsendable(
  { host, report }: RuleContext,
  fs: FileSystem,
  dataset: string,
  jobs: readonly DatasetJob[],
): void {
  const [job] = jobs;
  if (!job || jobs.some(({ makesNone, open }) => makesNone !== true || open !== undefined)) return;
  // The hooks of disko run once, when the datasets are made.
  const takesByHand = host.scripts.some(({ text, option }) => option[0] !== "disko" && /\bzfs\s+snap/.test(text));
  if (lossOf(host, fs.mountpoint).lost !== "no" || takesByHand) return;
  report({
    at: refusalOf(host, dataset)?.place ?? placeOfDataset(host, dataset) ?? fs.place,
    severity: "warning",
    message: `\`${AUTO_SNAPSHOT}=false\` keeps \`services.zfs.autoSnapshot\` from \`${dataset}\` (\`${fs.mountpoint}\`), and \`${job.tool}\` is to send it with \`--no-sync-snap\`, which makes no snapshot of its own: there is none to send, and \`${fs.mountpoint}\` never gets to the other side.`,
    help: `Set "${AUTO_SNAPSHOT}" = "true" for it (and zfs set ${AUTO_SNAPSHOT}=true ${dataset} on the running host), or leave \`--no-sync-snap\` out.`,
    related: [{ place: job.place, message: "is to send it" }],
  });
}

/** Whether somebody says of this very dataset that it is to have none. */
function isRefused(host: Host, dataset: string): boolean {
  return refusalOf(host, dataset) !== undefined;
}

function refusalOf({ config }: Host, dataset: string) {
  const [pool = "", ...rest] = dataset.split("/");
  const options = config.at("disko", "devices", "zpool", pool, "datasets", rest.join("/"), "options");
  return readString(options.child(AUTO_SNAPSHOT));
}

/** Where disko is told to make a dataset. */
function placeOfDataset({ config }: Host, dataset: string): Place | undefined {
  const [pool = "", ...rest] = dataset.split("/");
  return nameAt(config.at("disko", "devices", "zpool", pool, "datasets", rest.join("/")));
}

/** Where `false` is set for a dataset or the pool around it. */
function refusedAbove({ config }: Host, dataset: string): Place | undefined {
  const [pool = "", ...rest] = dataset.split("/");
  const own = config.at("disko", "devices", "zpool", pool);
  const names = rest.slice(0, -1).map((_, index) => rest.slice(0, rest.length - 1 - index).join("/"));
  const sets = [...names.map((name) => own.at("datasets", name, "options")), own.child("rootFsOptions")];
  return sets.map((set) => readString(set.child(AUTO_SNAPSHOT))).find((one) => one !== undefined)?.place;
}

/** Whether it sets the property, or may. */
function mayAsk(options: OptionNode): boolean {
  if (openOf(options)) return true;
  const value = readString(options.child(AUTO_SNAPSHOT));
  return value !== undefined && (!value.known || value.value !== "false");
}
