import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { normalise } from "../../host/paths.ts";
import { isNamed, read, readBoolean, readString } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { diskoContents } from "../reading/disko-contents.ts";
import { defineRule } from "../rule.ts";

const MEGABYTE = 1024 ** 2;
/** What the kernel and the initrd of one generation take at least, with systemd in the initrd. */
const GENERATION = 50 * MEGABYTE;
/** Partitions from this size on hold a few generations, however they are made. */
const ENOUGH = 256 * MEGABYTE;

/** A partition for the kernels of all generations that holds one or two of them. */
export const smallBootPartition = defineRule({
  code: "IMP334",
  name: "small-boot-partition",
  group: "stores",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    const loader = loaderOf(host);
    if (!loader) return;
    for (const { type, node, holder, certain } of diskoContents(host.config)) {
      const mountpoint = readString(node.child("mountpoint"));
      if (type !== "filesystem" || certain.answer !== "yes" || !mountpoint?.known) continue;
      if (normalise(mountpoint.value) !== loader.folder) continue;
      const size = sizeOf(holder);
      if (!size || size.bytes >= ENOUGH) continue;
      const fits = Math.floor(size.bytes / GENERATION);
      if (loader.limit !== undefined && loader.limit < fits) continue;
      report({
        at: size.place,
        message: `${loader.name} puts the kernel and the initrd of ${loader.limit === undefined ? "every generation" : `up to ${loader.limit} generations`} on \`${loader.folder}\`, 50 MB and more for each that differs, and the partition has ${size.text}. After a few updates nixos-rebuild fails with "No space left on device", and the newest generation is not the one that boots.`,
        help: `Make it 1G: a partition that is there can hardly grow. On a host that is installed, keep fewer generations (${loader.option} = ${Math.max(1, fits - 1)}).`,
        related: [{ place: loader.place, message: `${loader.name} is switched on here` }],
      });
    }
  },
});

interface Loader {
  readonly name: string;
  readonly folder: string;
  /** How many generations it keeps there; undefined for all. */
  readonly limit: number | undefined;
  readonly option: string;
  readonly place: Place | undefined;
}

/** The boot loader that copies kernels to the EFI system partition; undefined where it is not known. */
function loaderOf({ config }: Host): Loader | undefined {
  const loader = config.at("boot", "loader");
  const systemd = loader.child("systemd-boot");
  const lanzaboote = config.at("boot", "lanzaboote");
  const point = loader.at("efi", "efiSysMountPoint");
  const folder = point.isDefined() === false ? undefined : readString(point);
  // Kernels are then on another partition.
  if (isNamed(systemd, "xbootldrMountPoint") || folder?.known === false) return undefined;
  for (const [name, node] of [["lanzaboote", lanzaboote] as const, ["systemd-boot", systemd] as const]) {
    const flag = readBoolean(node.child("enable"));
    if (!flag?.known || !flag.value) continue;
    const own = isNamed(node, "configurationLimit") ? node : systemd;
    const limit = own.child("configurationLimit");
    const count = limit.isDefined() === false ? undefined : read(limit);
    if (count?.state === "unknown") return undefined;
    const value = count?.state === "set" && typeof count.value === "number" ? count.value : undefined;
    return {
      name,
      folder: normalise(folder?.value ?? "/boot"),
      limit: value === 0 ? undefined : value,
      option: [...node.path, "configurationLimit"].join("."),
      place: flag.place,
    };
  }
  return undefined;
}

/** How large a partition is at most: by its size, or where it ends. */
function sizeOf(
  partition: OptionNode,
): { readonly bytes: number; readonly text: string; readonly place: Place | undefined } | undefined {
  for (const name of ["size", "end"]) {
    const text = isNamed(partition, name) ? readString(partition.child(name)) : undefined;
    const match = text?.known ? /^\+?(\d+)([KMG])i?B?$/.exec(text.value) : null;
    if (!text?.known || !match) continue;
    const unit = { K: 1024, M: MEGABYTE, G: 1024 * MEGABYTE }[match[2] as "K" | "M" | "G"];
    return { bytes: Number(match[1]) * unit, text: text.value.replace(/^\+/, ""), place: text.place };
  }
  return undefined;
}
