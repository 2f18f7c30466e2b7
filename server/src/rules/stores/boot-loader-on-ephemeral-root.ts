import type { Place } from "../../eval/origin.ts";
import { expand } from "../../host/expand.ts";
import type { Host } from "../../host/host.ts";
import { isAtOrBelow, normalise } from "../../host/paths.ts";
import { childrenOf, openOf, readBoolean, readString } from "../../host/read-values.ts";
import { NETWORK } from "../reading/late-mounts.ts";
import { isLiveMedium } from "../reading/stateless-host.ts";
import { lossInWords, lossOf, severityOfLoss, whereInWords } from "../reading/wiped-root.ts";
import { defineRule } from "../rule.ts";

/** A boot loader whose files lie on the root that is wiped, or that looks for its partition where none is mounted. */
export const bootLoaderOnEphemeralRoot = defineRule({
  code: "IMP316",
  name: "boot-loader-on-ephemeral-root",
  group: "stores",
  severity: "error",
  since: "0.1.0",

  check({ host, report }) {
    if (host.fileSystemsOpen !== undefined || isDiskless(host) || isLiveMedium(host)) return;
    for (const loader of loaders(host)) {
      if (host.fileSystems.some(({ mountpoint }) => mountpoint === loader.folder)) continue;
      const esp = loader.isEfi ? otherEsp(host, loader.folder) : undefined;
      const loss = lossOf(host, loader.folder);
      // bootctl takes only the FAT of an EFI system partition, and a root that is wiped is none.
      const refuses = loader.name === "systemd-boot";
      const lacksEsp = !esp && loader.isEfi && hasNoEsp(host);
      if (!esp && (loss.lost !== "yes" || loss.fate.persisted)) continue;
      report({
        at: loader.place,
        ...(esp ? {} : { severity: severityOfLoss(host, loss.hypothetical, "error") }),
        message: esp
          ? `${loader.name} is installed to \`${loader.folder}\`, where nothing is mounted: the EFI system partition is at \`${esp.mountpoint}\`, and \`boot.loader.efi.efiSysMountPoint\` does not say so. Its installation fails, or writes kernels and entries to the root${loss.lost === "yes" ? `, where they ${lossInWords(loss, true).replace(/^(are|is) /, "are ")}` : ""}.`
          : lacksEsp
            ? `${loader.name} starts from an EFI system partition, and this host has none: disko makes no partition of the type EF00 and no vfat. \`bootctl\` finds no place to install it to, and \`${loader.folder}\` is ${whereInWords(loss)}, from which no firmware reads: the host cannot be installed, or does not start.`
            : refuses
              ? `Nothing is mounted at \`${loader.folder}\`, where systemd-boot has its files: it is ${whereInWords(loss)}. bootctl takes only the FAT of an EFI system partition and refuses, so that \`nixos-rebuild\` fails, and the host goes on with the entries of its last partition, or does not start.`
              : `${loader.name} has its files in \`${loader.folder}\`, ${whereInWords(loss)}: ${loader.files} ${lossInWords(loss, true)}, and ${loader.isUboot ? "U-Boot starts what it finds on the disk instead: an old generation, or nothing" : `the host ${loss.hypothetical ? "would not start any more then" : "does not start any more"}`}.`,
        help: esp
          ? `Set boot.loader.efi.efiSysMountPoint = "${esp.mountpoint}", or mount the partition at ${loader.folder}.`
          : lacksEsp
            ? `Add a partition to the disk: ESP = { size = "1G"; type = "EF00"; content = { type = "filesystem"; format = "vfat"; mountpoint = "${loader.folder}"; mountOptions = [ "umask=0077" ]; }; }; for a machine without EFI use GRUB.`
            : `Give ${loader.folder} a filesystem of its own${refuses ? ": the EFI system partition, of which the configuration says nothing" : ""}.`,
        related: [{ place: esp?.place ?? loss.fate.place, message: esp ? "the EFI system partition" : "the root" }],
      });
    }
  },
});

interface Loader {
  readonly name: string;
  readonly files: string;
  readonly folder: string;
  readonly isEfi: boolean;
  /** It is no loader itself, but writes what U-Boot reads from a partition. */
  readonly isUboot?: boolean;
  readonly place: Place | undefined;
}

/** The boot loaders that somebody switches on by name, with where they keep their files. */
function loaders({ config }: Host): Loader[] {
  const loader = config.at("boot", "loader");
  const found: Loader[] = [];
  const systemd = readBoolean(loader.at("systemd-boot", "enable"));
  const esp = loader.at("efi", "efiSysMountPoint");
  const point = esp.isDefined() === false ? undefined : readString(esp);
  const secure = readBoolean(config.at("boot", "lanzaboote", "enable"));
  const limine = readBoolean(loader.at("limine", "enable"));
  const onBios = loader.at("limine", "efiSupport").isDefined() !== false;
  for (const [name, flag] of [
    ["systemd-boot", systemd] as const,
    ["lanzaboote", secure] as const,
    ["Limine", onBios ? undefined : limine] as const,
  ]) {
    if (!flag?.known || !flag.value || point?.known === false) continue;
    const folder = normalise(point?.value ?? "/boot");
    found.push({ name, files: "kernels and entries", folder, isEfi: true, place: flag.place });
  }
  const extlinux = loader.child("generic-extlinux-compatible");
  const written = readBoolean(extlinux.child("enable"));
  if (written?.known && written.value && extlinux.child("mirroredBoots").isDefined() === false) {
    const files = "`extlinux.conf` and the kernels of new generations";
    const name = "`generic-extlinux-compatible`";
    found.push({ name, files, folder: "/boot", isEfi: false, isUboot: true, place: written.place });
  }
  const grub = loader.child("grub");
  const enabled = readBoolean(grub.child("enable"));
  const device = grub.child("device").isDefined() === true ? readString(grub.child("device")) : undefined;
  const isGrub = enabled ? enabled.known && enabled.value : device?.known === true && device.value !== "";
  if (isGrub && grub.child("mirroredBoots").isDefined() === false) {
    const place = (device?.known ? device.place : undefined) ?? enabled?.place;
    found.push({ name: "GRUB", files: "`grub.cfg` and what it loads", folder: "/boot", isEfi: false, place });
  }
  return found;
}

/** Filesystems in memory, and images that are loaded into it. */
const IN_MEMORY = /^(tmpfs|ramfs|squashfs|erofs|overlay)$/;

/** Whether all that outlives a boot is on another machine: such a one has its kernel from the network as well. */
function isDiskless({ fileSystems }: Host): boolean {
  const types = fileSystems.map(({ fsType }) => (fsType.known ? fsType.value : ""));
  return types.some((type) => NETWORK.test(type)) && types.every((type) => NETWORK.test(type) || IN_MEMORY.test(type));
}

/** Whether disko makes all disks of the host, and none of their partitions is one that the firmware looks at. */
function hasNoEsp({ config, fileSystems }: Host): boolean {
  const disks = expand(config, ["disko", "devices", "disk", "*"]);
  if (disks.length === 0 || openOf(config.at("disko", "devices", "disk")) !== undefined) return false;
  if (fileSystems.some(({ fsType }) => !fsType.known || fsType.value === "vfat")) return false;
  return disks.every(({ node, certain }) => {
    const content = node.child("content");
    const type = readString(content.child("type"));
    const partitions = content.child("partitions");
    if (certain.answer !== "yes" || !type?.known || type.value !== "gpt") return false;
    if (openOf(content) !== undefined || openOf(partitions) !== undefined) return false;
    return childrenOf(partitions).every(({ node: partition }) => {
      const own = readString(partition.child("type"));
      const format = readString(partition.at("content", "format"));
      if (openOf(partition) || (own && (!own.known || !/^[\da-f]{4}$/i.test(own.value) || /^ef00$/i.test(own.value))))
        return false;
      return format === undefined || (format.known && format.value !== "vfat");
    });
  });
}

/** A partition that looks like the EFI system partition, mounted elsewhere. */
function otherEsp(host: Host, folder: string) {
  return host.fileSystems.find(
    ({ mountpoint, fsType, certain }) =>
      certain.answer === "yes" &&
      fsType.known &&
      fsType.value === "vfat" &&
      (isAtOrBelow(mountpoint, "/boot") || /^\/(efi|esp)$/.test(mountpoint)) &&
      mountpoint !== folder,
  );
}
