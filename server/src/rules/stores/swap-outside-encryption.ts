import type { Place } from "../../eval/origin.ts";
import type { FileSystem, Host } from "../../host/host.ts";
import { itemNode, nameAt, readBoolean, readItems, readString } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { diskoContents } from "../reading/disko-contents.ts";
import { sleepsByItself } from "../reading/hibernation.ts";
import { luksDisks } from "../reading/luks-disks.ts";
import { defineRule } from "../rule.ts";

/** Swap that is written in clear beside a disk that is encrypted. */
export const swapOutsideEncryption = defineRule({
  code: "IMP333",
  name: "swap-outside-encryption",
  group: "stores",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    const encrypted = encryptedFileSystem(host);
    if (!encrypted) return;
    const resume = readString(host.config.at("boot", "resumeDevice"));
    for (const { name, device, place, resumes } of plainSwaps(host)) {
      const byName = resume?.known && resume.value !== "" && resume.value === device;
      const sleeps = resumes || byName || (resumes === undefined && sleepsByItself(host) !== undefined);
      report({
        at: place,
        message: `${name} is not encrypted, and \`${encrypted.mountpoint}\` is: what programs and the kernel have in memory, decrypted secrets among it, is written to the disk in clear${sleeps ? ", and when the host hibernates, so is the key of the encrypted disk" : ""}. Whoever has the disk can read it.`,
        help: sleeps
          ? "Put the swap inside of LUKS, as a partition of its own that the initrd opens, a volume of LVM, or a file on the encrypted filesystem."
          : "Put the swap inside of LUKS, or give it a key of its own for every boot: randomEncryption = true. Hosts that never hibernate can use zramSwap instead.",
        related: [{ place: encrypted.place, message: "this is encrypted" }],
      });
    }
  },
});

/** A filesystem with the host's data that is inside of LUKS. */
function encryptedFileSystem(host: Host): FileSystem | undefined {
  const opened = new Set(luksDisks(host).map(({ name }) => `/dev/mapper/${name}`));
  const inside = new Set(
    diskoContents(host.config).flatMap(({ device, isEncrypted }) =>
      isEncrypted && device.known ? [device.value] : [],
    ),
  );
  const stores = host.stores.flatMap(({ path }) => (path.known ? [path.value] : []));
  const points = ["/", ...stores, "/nix", "/home"];
  return host.fileSystems.find(
    ({ mountpoint, device, certain }) =>
      certain.answer === "yes" &&
      points.includes(mountpoint) &&
      device.known &&
      (opened.has(device.value) || inside.has(device.value)),
  );
}

interface Swap {
  readonly name: string;
  readonly device: string | undefined;
  readonly place: Place | undefined;
  /** Whether disko is told to resume from it; undefined for swap that is not disko's. */
  readonly resumes: boolean | undefined;
}

/** Swap that certainly is on a partition in clear. */
function plainSwaps(host: Host): Swap[] {
  const { config } = host;
  const contents = diskoContents(config);
  const ofDisko = contents.flatMap(({ type, node, holder, device, certain, isEncrypted }): Swap[] => {
    if (type !== "swap" || isEncrypted !== false || certain.answer !== "yes" || mayBeRandom(node)) return [];
    const resume = readBoolean(node.child("resumeDevice"));
    const resumes = resume?.known === true && resume.value;
    const name = nameAt(holder);
    return [
      {
        name: "This swap of disko",
        device: device.known ? device.value : undefined,
        place: name ?? nameAt(node),
        resumes,
      },
    ];
  });
  const encrypted = new Set([
    ...luksDisks(host).flatMap(({ devices }) => devices),
    ...contents.flatMap(({ device, isEncrypted }) => (isEncrypted !== false && device.known ? [device.value] : [])),
  ]);
  const option = config.child("swapDevices");
  const listed = readItems(option).items.flatMap((item, index): Swap[] => {
    const node = itemNode(item, [...option.path, String(index)]);
    const device = readString(node.child("device"));
    if (item.certain.answer !== "yes" || !device?.known || mayBeRandom(node)) return [];
    const isFile = device.value.startsWith("/") && !device.value.startsWith("/dev/");
    const below = isFile ? host.fileSystemAt(device.value) : undefined;
    const disk = isFile ? (below?.device.known ? below.device.value : "") : device.value;
    if (!PARTITION.test(disk) || encrypted.has(disk) || below?.fsType.known === false) return [];
    return [
      { name: `The swap \`${device.value}\``, device: disk, place: device.place ?? item.place, resumes: undefined },
    ];
  });
  return [...ofDisko, ...listed];
}

/** Names that only partitions and whole disks have; an opened disk has a UUID and a label as well. */
const PARTITION =
  /^\/dev\/(disk\/(by-(partlabel|partuuid|path)\/|by-id\/(ata|nvme|scsi|usb|virtio|wwn)-)|(sd|vd|xvd|hd)[a-z]|nvme\d|mmcblk\d)/;

/** Whether it is encrypted, or may be, with a key of its own: `randomEncryption` is a flag or a set, `encrypted` a set. */
function mayBeRandom(node: OptionNode): boolean {
  const random = node.child("randomEncryption");
  const plain = random.isDefined() === false ? undefined : readBoolean(random);
  if (plain?.known) return plain.value;
  return [random.child("enable"), node.at("encrypted", "enable")].some((flag) => {
    const value = flag.isDefined() === false ? undefined : readBoolean(flag);
    return value !== undefined && (!value.known || value.value);
  });
}
