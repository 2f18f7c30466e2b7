import type { Host } from "../../host/host.ts";
import { childrenOf, nameAt, read, readString } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { defineRule } from "../rule.ts";

/** bees works on whole btrfs filesystems: one program for each, with a table in steps of 16 MB. */
export const unusableBeesFilesystem = defineRule({
  code: "IMP613",
  name: "unusable-bees-filesystem",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    const first = new Map<string, { readonly name: string; readonly node: OptionNode }>();
    for (const { name, node, certain } of childrenOf(host.config.at("services", "beesd", "filesystems"))) {
      if (certain.answer !== "yes") continue;
      const size = read(node.child("hashTableSizeMB"));
      const megabytes = size.state === "set" && typeof size.value === "number" ? size.value : undefined;
      if (megabytes !== undefined && megabytes % 16 !== 0) {
        report({
          at: nameAt(node.child("hashTableSizeMB")),
          severity: "error",
          message: `bees takes its hash table in steps of 16 MB, and ${megabytes} is none: NixOS refuses to build the host ("is not of type").`,
          help: `Write ${Math.max(16, Math.round(megabytes / 16) * 16)}, or another multiple of 16. The table stays in memory.`,
        });
      }
      const spec = readString(node.child("spec"));
      const device = spec?.known ? deviceOf(host, spec.value) : undefined;
      if (device === undefined || !spec?.known) continue;
      const other = first.get(device);
      if (!other) {
        first.set(device, { name, node });
        continue;
      }
      report({
        at: spec.place ?? nameAt(node),
        message: `\`${name}\` and \`${other.name}\` are the same btrfs filesystem (${device}), and bees works across subvolumes: two of them scan everything twice, keep two tables in memory, and work against each other.`,
        help: "Keep one entry for each filesystem, not for each subvolume or mountpoint.",
        related: [{ place: nameAt(other.node), message: `\`${other.name}\` is declared here` }],
      });
    }
  },
});

/** A name of the device that `findmnt` would find: by label, by UUID, itself, or what is mounted at a path. */
function deviceOf(host: Host, spec: string): string | undefined {
  const tag = /^(LABEL|UUID|PARTLABEL|PARTUUID)=(.+)$/.exec(spec);
  if (tag) return `/dev/disk/by-${tag[1]!.toLowerCase()}/${tag[2]}`;
  if (spec.startsWith("/dev/")) return spec;
  if (!spec.startsWith("/")) return undefined;
  const mounted = host.fileSystems.find(({ mountpoint }) => mountpoint === spec);
  const isBtrfs = mounted?.fsType.known && mounted.fsType.value === "btrfs" && mounted.certain.answer === "yes";
  return isBtrfs && mounted.device.known ? mounted.device.value : undefined;
}
