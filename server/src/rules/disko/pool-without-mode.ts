import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { childrenOf, isNamed, nameAt, openOf, readString } from "../../host/read-values.ts";
import { diskoContents } from "../reading/disko-contents.ts";
import { defineRule } from "../rule.ts";

/** A pool of several disks without a word on how they belong together: each holds a part of it, and none a copy. */
export const poolWithoutMode = defineRule({
  code: "IMP215",
  name: "pool-without-mode",
  group: "disko",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    for (const { name, node, certain } of childrenOf(host.config.at("disko", "devices", "zpool"))) {
      if (certain.answer !== "yes" || isNamed(node, "mode") || openOf(node)) continue;
      const members = membersOf(host, name);
      // Volumes of a cloud have copies of their own, and some pools are named for what they are.
      if (/strip|scratch|raid0/i.test(name) || members.length < 2 || members.every(({ device }) => CLOUD.test(device)))
        continue;
      report({
        at: nameAt(node),
        message: `The pool \`${name}\` consists of ${members.length} disks and has no \`mode\`: disko puts them side by side, as a stripe. When one of them dies all of the pool is lost, and a scrub can repair nothing.`,
        help: 'Say how they belong together: mode = "mirror"; or "raidz". A pool that is there gets its copy by zpool attach. If a stripe is what you want, write mode = "";.',
        related: members.slice(0, 4).map(({ place }) => ({ place, message: "one of its disks" })),
      });
    }
  },
});

const CLOUD = /Elastic_Block_Store|scsi-0(HC|DO|Google|QEMU)|\/(google|virtio)-|^\/dev\/x?vd[a-z]/;

interface Member {
  readonly place: Place | undefined;
  /** The disk that it is on; empty where that is not known. */
  readonly device: string;
}

function membersOf({ config }: Host, pool: string): Member[] {
  return childrenOf(config.at("disko", "devices", "disk")).flatMap(({ node: disk, certain }) => {
    const device = readString(disk.child("device"));
    return diskoContents(config).flatMap(({ type, node, certain: isThere }): Member[] => {
      if (type !== "zfs" || certain.answer !== "yes" || isThere.answer !== "yes") return [];
      const of = isBelow(disk.path, node.path) ? readString(node.child("pool")) : undefined;
      if (!of?.known || of.value !== pool) return [];
      return [{ place: of.place, device: device?.known ? device.value : "" }];
    });
  });
}

function isBelow(above: readonly string[], path: readonly string[]): boolean {
  return above.every((name, index) => path[index] === name);
}
