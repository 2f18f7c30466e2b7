import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { itemNode, openOf, readBoolean, readItems, readString } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { diskoSwaps, swapFiles, swapVolumes } from "./swap-files.ts";

/** Swap that gets a new key at every boot. */
export interface RandomSwap {
  readonly device: string | undefined;
  readonly place: Place | undefined;
  /** Where disko is told to resume from it. */
  readonly resumes: Place | undefined;
}

/** The swap of the host that certainly has a random key: of `swapDevices` and of disko. */
export function randomSwaps(host: Host): RandomSwap[] {
  const option = host.config.child("swapDevices");
  const listed = readItems(option).items.flatMap((item, index): RandomSwap[] => {
    const node = itemNode(item, [...option.path, String(index)]);
    const device = readString(node.child("device"));
    const place = item.certain.answer === "yes" ? randomAt(node.child("randomEncryption")) : undefined;
    return place && device?.known ? [{ device: device.value, place, resumes: undefined }] : [];
  });
  const ofDisko = diskoSwaps(host.config).flatMap(({ node, device, certain }): RandomSwap[] => {
    const place = certain.answer === "yes" ? randomAt(node.child("randomEncryption")) : undefined;
    const resume = readBoolean(node.child("resumeDevice"));
    const resumes = resume?.known && resume.value ? resume.place : undefined;
    return place ? [{ device: device.known ? device.value : undefined, place, resumes }] : [];
  });
  return [...listed, ...ofDisko];
}

/** `randomEncryption = true` or `randomEncryption.enable = true`. */
function randomAt(option: OptionNode): Place | undefined {
  for (const flag of [readBoolean(option), readBoolean(option.child("enable"))]) {
    if (flag?.known && flag.value) return flag.place;
  }
  return undefined;
}

/** How many swaps the host may have, NaN where that is not known; those of memory are none that it sleeps in. */
export function countSwaps(host: Host): number {
  const { items, open } = readItems(host.config.child("swapDevices"));
  if (open.length > 0 || openOf(host.config.at("disko", "devices"))) return Number.NaN;
  const listed = new Set(
    items.map((item, index) => {
      const device = readString(itemNode(item, ["swapDevices", String(index)]).child("device"));
      return device?.known ? device.value : undefined;
    }),
  );
  const others = [...swapFiles(host).map(({ path }) => path), ...swapVolumes(host).map(({ device }) => device)];
  return items.length + diskoSwaps(host.config).length + others.filter((path) => !listed.has(path)).length;
}

/** Whether the host has swap, and all of it certainly gets a new key at every boot: no image of a sleeping system is ever read. */
export function hasOnlyRandomSwap(host: Host): boolean {
  const random = randomSwaps(host).length;
  return random > 0 && random === countSwaps(host);
}
