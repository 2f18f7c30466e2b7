import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import type { OptionNode } from "../modules/option-node.ts";
import type { Known } from "./host.ts";
import { perNode } from "./per-node.ts";
import { childrenOf, readString, readTexts } from "./read-values.ts";
import { known, notKnown } from "./verdict.ts";

/*
 * The device paths disko gives to what it creates. Source of truth: disko's lib/types and lib/default.nix.
 */

/** What holds a content: its device and how disko names it in partition labels. */
export interface DiskoParent {
  readonly type: "disk" | "luks" | "mdadm" | "lv" | "partition" | "zvol";
  readonly name: Known<string>;
  readonly device: Known<string>;
}

/** GPT labels hold 36 UTF-16 units; disko takes the start of a hash for longer ones. */
const LABEL_LIMIT = 36;

/** The device of a GPT partition. `index` counts from 1 in the order disko creates the partitions. */
export function partitionDevice(
  node: OptionNode,
  name: string,
  parent: DiskoParent,
  index: Known<number>,
): Known<string> {
  const explicit = readString(node.child("device"));
  if (explicit) return explicit;
  const uuid = readString(node.child("uuid"));
  if (uuid) return uuid.known ? known(`/dev/disk/by-partuuid/${uuid.value}`) : uuid;
  if (parent.type === "mdadm") {
    if (!parent.name.known) return parent.name;
    if (!index.known) return index;
    return known(`/dev/disk/by-id/md-name-any:${parent.name.value}-part${index.value}`);
  }
  const label = readString(node.child("label")) ?? defaultLabel(readString(node.child("name")) ?? known(name), parent);
  return label.known ? known(`/dev/disk/by-partlabel/${escapeUdev(label.value)}`) : label;
}

/** The partition's index in creation order: by `priority`, then by name. */
export function partitionIndex(partitions: OptionNode, name: string): Known<number> {
  const order = creationOrder(partitions);
  return order.known ? known(order.value.get(name) ?? 0) : order;
}

/** The indices of all partitions by name; worked out once, for a table may have thousands. */
const creationOrder = perNode((partitions): Known<ReadonlyMap<string, number>> => {
  const order: { name: string; priority: number }[] = [];
  for (const child of childrenOf(partitions)) {
    if (child.certain.answer === "unknown") return notKnown(child.certain.why);
    const priority = child.node.child("priority").value();
    const size = readString(child.node.child("size"));
    const type = readString(child.node.child("type"));
    if (size?.known === false) return notKnown(size.why);
    if (type?.known === false) return notKnown(type.why);
    const implied = size?.value === "100%" ? 9001 : type?.value === "EF02" ? 100 : 1000;
    order.push({ name: child.name, priority: typeof priority === "number" ? priority : implied });
  }
  order.sort((a, b) => a.priority - b.priority);
  return known(new Map(order.map((entry, index) => [entry.name, index + 1])));
});

/** The device of the n-th partition of the legacy `table` type. */
export function numberedDevice(device: Known<string>, index: number): Known<string> {
  if (!device.known) return device;
  const path = device.value;
  if (/^\/dev\/(disk|zvol)\/./.test(path)) return known(`${path}-part${index}`);
  if (/^\/dev\/((nvme|mmcblk).+|md\/.*\d|loop\d+)$/.test(path)) return known(`${path}p${index}`);
  if (/^\/dev\/([vs]|xvd|md\/|mapper\/)./.test(path)) return known(`${path}${index}`);
  return notKnown(`disko cannot number the partitions of ${path}`);
}

/** The UUID disko derives from the name of a bcachefs filesystem that sets none. */
export function derivedUuid(name: string): string {
  const hex = sha256Hex(name);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
}

function defaultLabel(name: Known<string>, parent: DiskoParent): Known<string> {
  if (!name.known) return name;
  if (!parent.name.known) return parent.name;
  const label = `${parent.type}-${parent.name.value}-${name.value}`;
  return known(utf8ToBytes(label).length > LABEL_LIMIT ? sha256Hex(label).slice(0, LABEL_LIMIT) : label);
}

/** udev writes other characters of a label as `\xNN` into the names of its links. */
function escapeUdev(label: string): string {
  return [...label]
    .map((char) => {
      if (/[0-9A-Za-z#+\-.,:=@_/]/.test(char)) return char;
      return [...utf8ToBytes(char)].map((byte) => `\\x${byte.toString(16).toUpperCase()}`).join("");
    })
    .join("");
}

function sha256Hex(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)));
}

/** The label in `extraArgs` of a filesystem: `-L NAME`, `--label NAME`, also as one text, for disko joins them unquoted. */
export function labelOf(content: OptionNode): string | undefined {
  const words = readTexts(content.child("extraArgs"))
    .texts.map(({ text }) => text)
    .join(" ")
    .split(/\s+/);
  const at = words.findIndex((word) => /^(-L|--label(=|$))/.test(word));
  if (at < 0) return undefined;
  const own = (words[at] ?? "").replace(/^(-L|--label=?)/, "");
  return (own === "" ? words[at + 1] : own)?.replace(/^["']|["']$/g, "");
}

/** Whether `extraArgs` of a filesystem may name more devices for it. */
export function isSpread(content: OptionNode): boolean {
  const { texts, open } = readTexts(content.child("extraArgs"));
  return open.length > 0 || texts.some(({ text }) => text.includes("/dev/"));
}
