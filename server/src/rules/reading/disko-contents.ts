import { type DiskoParent, numberedDevice, partitionDevice, partitionIndex } from "../../host/disko-device.ts";
import type { Known, Verdict } from "../../host/host.ts";
import { perNode } from "../../host/per-node.ts";
import { childrenOf, itemNode, readItems, readString } from "../../host/read-values.ts";
import { allOf, known, notKnown } from "../../host/verdict.ts";
import type { OptionNode } from "../../modules/option-node.ts";

/** What disko puts on a disk, on a part of one, or into an opened one. */
export interface DiskoContent {
  readonly type: string;
  readonly node: OptionNode;
  /** What holds it: the disk, the partition, the volume, or the content that is opened. */
  readonly holder: OptionNode;
  /** The device that it is written to. */
  readonly device: Known<string>;
  readonly certain: Verdict;
  /** Whether it lies inside of LUKS, by whatever way; undefined when it is not known. */
  readonly isEncrypted: boolean | undefined;
}

/** All contents of disko's disks, arrays and volume groups, from the outside to the inside. */
export function diskoContents(config: OptionNode): readonly DiskoContent[] {
  return contentsOf(config.at("disko", "devices"));
}

const contentsOf = perNode((devices): readonly DiskoContent[] => {
  const found: DiskoContent[] = [];
  for (const { name, node, certain } of childrenOf(devices.child("disk"))) {
    const device = readString(node.child("device")) ?? notKnown<string>("the disk has no device");
    const own = readString(node.child("name")) ?? known(name.replaceAll("/", "_"));
    walk(found, node, { type: "disk", name: own, device }, certain, false, 0);
  }
  for (const { name, node, certain } of childrenOf(devices.child("mdadm"))) {
    const own = readString(node.child("name")) ?? known(name);
    const isEncrypted = ofMembers(found, "mdraid", "name", own);
    walk(found, node, { type: "mdadm", name: own, device: prefixed("/dev/md/", own) }, certain, isEncrypted, 0);
  }
  for (const group of childrenOf(devices.child("lvm_vg"))) {
    const own = readString(group.node.child("name")) ?? known(group.name);
    const isEncrypted = ofMembers(found, "lvm_pv", "vg", own);
    for (const volume of childrenOf(group.node.child("lvs"))) {
      const name = readString(volume.node.child("name")) ?? known(volume.name);
      const device = own.known ? prefixed(`/dev/${own.value}/`, name) : own;
      const certain = allOf(group.certain, volume.certain);
      walk(found, volume.node, { type: "lv", name, device }, certain, isEncrypted, 0);
    }
  }
  return found;
});

function walk(
  found: DiskoContent[],
  holder: OptionNode,
  parent: DiskoParent,
  certain: Verdict,
  isEncrypted: boolean | undefined,
  depth: number,
): void {
  const node = holder.child("content");
  const type = readString(node.child("type"));
  if (!type?.known || depth > 8) return;
  const device = readString(node.child("device")) ?? parent.device;
  found.push({ type: type.value, node, holder, device, certain, isEncrypted });
  const partitions = node.child("partitions");
  if (type.value === "luks") {
    const name = readString(node.child("name")) ?? notKnown<string>("the LUKS device has no name");
    walk(found, node, { type: "luks", name, device: prefixed("/dev/mapper/", name) }, certain, true, depth + 1);
  } else if (type.value === "gpt") {
    for (const one of childrenOf(partitions)) {
      const own = partitionDevice(one.node, one.name, { ...parent, device }, partitionIndex(partitions, one.name));
      const inner: DiskoParent = { type: "partition", name: known(one.name), device: own };
      walk(found, one.node, inner, allOf(certain, one.certain), isEncrypted, depth + 1);
    }
  } else if (type.value === "table") {
    for (const [index, item] of readItems(partitions).items.entries()) {
      const own = itemNode(item, [...partitions.path, String(index)]);
      const name = readString(own.child("name")) ?? known("");
      const inner: DiskoParent = { type: "partition", name, device: numberedDevice(device, index + 1) };
      walk(found, own, inner, allOf(certain, item.certain), isEncrypted, depth + 1);
    }
  }
}

/** Whether what an array or a group of volumes consists of is inside of LUKS, all of it or none. */
function ofMembers(
  found: readonly DiskoContent[],
  type: string,
  option: string,
  name: Known<string>,
): boolean | undefined {
  const members = found.filter((content) => {
    const of = content.type === type ? readString(content.node.child(option)) : undefined;
    return of?.known && name.known && of.value === name.value;
  });
  const kinds = new Set(members.map(({ isEncrypted }) => isEncrypted));
  return kinds.size === 1 ? [...kinds][0] : undefined;
}

function prefixed(prefix: string, name: Known<string>): Known<string> {
  return name.known ? known(`${prefix}${name.value}`, name.place) : name;
}
