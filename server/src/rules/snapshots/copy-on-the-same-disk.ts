import type { Place } from "../../eval/origin.ts";
import { zreplJobs } from "../../host/dataset-jobs.ts";
import type { Host } from "../../host/host.ts";
import { normalise } from "../../host/paths.ts";
import { childrenOf, openOf, readBoolean, readString } from "../../host/read-values.ts";
import { btrbkVolumes } from "../reading/btrbk-volumes.ts";
import { diskOf } from "../reading/disk-of-path.ts";
import { syncoidSendings } from "../reading/syncoid-sendings.ts";
import { defineRule } from "../rule.ts";

/** Snapshots are sent to the very filesystem or pool in which they already are. */
export const copyOnTheSameDisk = defineRule({
  code: "IMP641",
  name: "copy-on-the-same-disk",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    for (const { by, source, target, disk, place, from } of [...ofBtrbk(host), ...ofSyncoid(host), ...ofZrepl(host)]) {
      report({
        at: place,
        message: `\`${by}\` sends \`${source}\` to \`${target}\`, and both are on ${disk}. The copy takes the room once more, where snapshots that are kept longer would take little, and it is lost together with them.`,
        help: "Send it to another disk or another machine. Against deleted files the snapshots are enough: leave the target out, and keep them longer.",
        related: [{ place: from, message: "the source" }],
      });
    }
  },
});

interface Copy {
  readonly by: string;
  readonly source: string;
  readonly target: string;
  /** In words. */
  readonly disk: string;
  readonly place: Place | undefined;
  readonly from: Place | undefined;
}

function ofBtrbk(host: Host): readonly Copy[] {
  return btrbkVolumes(host).flatMap(({ instance, path, place: from, targets }) => {
    const own = diskOf(host, path);
    // What is mounted by hand below the directory is not seen.
    if (!own || own.isPool || host.config.at("systemd", "mounts").isDefined() !== false) return [];
    return targets.flatMap(({ target, place }): Copy[] => {
      if (!target.startsWith("/") || isMountedByScript(host, target)) return [];
      if (diskOf(host, normalise(target))?.key !== own.key) return [];
      return [{ by: instance, source: path, target, disk: own.shown, place, from }];
    });
  });
}

/** Whether a script may mount a disk at the target, which the configuration does not have among its filesystems. */
function isMountedByScript({ scripts }: Host, target: string): boolean {
  return scripts.some(({ text }) => {
    const parts = normalise(target).split("/").slice(1);
    return (
      /\b(mount|cryptsetup|udisksctl)\b/.test(text) &&
      parts.some((_, index) => index > 0 && text.includes(`/${parts.slice(0, index + 1).join("/")}`))
    );
  });
}

const poolOf = (dataset: string) => dataset.split("/")[0] ?? "";

function ofSyncoid(host: Host): readonly Copy[] {
  return syncoidSendings(host).flatMap(({ source, target, place, node }): Copy[] => {
    if (/[@:]/.test(source) || /[@:]/.test(target) || poolOf(source) !== poolOf(target)) return [];
    const from = readString(node.child("source"))?.place;
    return [{ by: "syncoid", source, target, disk: `the pool \`${poolOf(source)}\``, place, from }];
  });
}

/** Jobs of zrepl that push to a sink of the same host. */
function ofZrepl(host: Host): readonly Copy[] {
  const group = host.config.at("services", "zrepl");
  const enabled = readBoolean(group.child("enable"));
  if (!enabled?.known || !enabled.value) return [];
  const text = (node: ReturnType<typeof group.child>) => {
    const value = readString(node);
    return value?.known ? value : undefined;
  };
  const jobs = zreplJobs(group);
  return jobs.flatMap(({ name, type, node }): Copy[] => {
    const listener = text(node.at("connect", "listener_name"))?.value;
    if (type !== "push" || listener === undefined || text(node.at("connect", "type"))?.value !== "local") return [];
    const sink = jobs.find((one) => text(one.node.at("serve", "listener_name"))?.value === listener);
    const root = sink && text(sink.node.child("root_fs"));
    const list = node.child("filesystems");
    if (!root || openOf(list)) return [];
    const taken = childrenOf(list).flatMap((one) => {
      const takes = readBoolean(one.node);
      return takes?.known && takes.value ? [one.name.replace(/<$/, "")] : [];
    });
    const [first = ""] = taken;
    if (taken.length === 0 || taken.some((dataset) => poolOf(dataset) !== poolOf(root.value))) return [];
    const disk = `the pool \`${poolOf(root.value)}\``;
    return [{ by: name, source: first, target: root.value, disk, place: root.place, from: undefined }];
  });
}
