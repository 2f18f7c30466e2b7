import { NixAttrs } from "../../eval/value.ts";
import { expand } from "../../host/expand.ts";
import { childrenOf, isNamed, itemNode, openOf, readItems, readString, readTexts } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";

/** A disk of disko with a GPT. */
export interface GptDisk {
  readonly device: string | undefined;
  /** Whether it has the partition that GRUB puts its code into. */
  readonly biosPartition: "yes" | "no" | "unknown";
  readonly place: ReturnType<OptionNode["definitions"]>[number]["place"] | undefined;
}

/** The disks with a GPT that disko certainly makes. */
export function gptDisks(config: OptionNode): GptDisk[] {
  return expand(config, ["disko", "devices", "disk", "*"]).flatMap(({ node, certain }): GptDisk[] => {
    const content = node.child("content");
    const type = readString(content.child("type"));
    if (certain.answer !== "yes" || !type?.known || type.value !== "gpt") return [];
    const partitions = content.child("partitions");
    const device = readString(node.child("device"));
    const all = childrenOf(partitions);
    const isOpen = openOf(content) !== undefined || openOf(partitions) !== undefined;
    const biosPartition = all.some((one) => one.certain.answer === "yes" && isForBios(one.node))
      ? "yes"
      : isOpen || all.some(({ node: partition }) => mayBeForBios(partition))
        ? "unknown"
        : "no";
    return [
      { device: device?.known ? device.value : undefined, biosPartition, place: partitions.definitions()[0]?.place },
    ];
  });
}

const BIOS = /^(ef02|21686148-6449-6e6f-744e-656564454649)$/i;

function mayBeForBios(partition: OptionNode): boolean {
  if (openOf(partition) || isNamed(partition, "hybrid")) return true;
  const type = readString(partition.child("type"));
  return type !== undefined && (!type.known || BIOS.test(type.value));
}

/** What disko looks for when it hands the disk to GRUB. */
function isForBios(partition: OptionNode): boolean {
  const type = readString(partition.child("type"));
  return type?.known === true && type.value === "EF02";
}

/** The disks that GRUB is put on, as far as the options of NixOS name them. disko adds those with an EF02 partition. */
export function grubDisks(grub: OptionNode) {
  const single = readString(grub.child("device"));
  const mirrored = readItems(grub.child("mirroredBoots")).items.flatMap((item) =>
    item.certain.answer === "yes" && item.value instanceof NixAttrs
      ? readTexts(itemNode(item, grub.path).child("devices")).texts
      : [],
  );
  const all = [
    ...(single?.known ? [{ text: single.value, place: single.place }] : []),
    ...[...readTexts(grub.child("devices")).texts, ...mirrored].filter(({ certain }) => certain.answer === "yes"),
  ];
  return all.filter(({ text }) => text.startsWith("/dev/"));
}
