import { offer } from "../../edits/fix-plan.ts";
import { replaceStringAt } from "../../edits/place-edit.ts";
import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { itemNode, nameAt, openOf, readItems, readString, readTexts } from "../../host/read-values.ts";
import { diskoContents } from "../reading/disko-contents.ts";
import { forbidsHibernation, sleepsByItself } from "../reading/hibernation.ts";
import { type CrypttabLine, crypttabLines, mayOpenOthers } from "../reading/late-disks.ts";
import { luksDisks } from "../reading/luks-disks.ts";
import { diskoSwaps } from "../reading/swap-files.ts";
import { defineRule, type Report } from "../rule.ts";

/** A host that looks for its sleeping system on an encrypted partition, or in a disk that nothing has opened by then. */
export const resumeFromLockedDisk = defineRule({
  code: "IMP332",
  name: "resume-from-locked-disk",
  group: "stores",
  severity: "error",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    for (const { device, option, place, isOption } of resumeDevices(host)) {
      const disk = luksDisks(host).find(({ devices }) => devices.includes(device));
      if (!disk) continue;
      const opened = `/dev/mapper/${disk.name}`;
      report({
        at: place,
        message: `By \`${option}\` the host resumes from \`${device}\`, which is encrypted: what is found there is a header of LUKS, and no swap. The hibernated system is in \`${opened}\`, and is thrown away at every boot, with all that was open.`,
        help: `Name the opened disk: ${opened}.`,
        related: [{ place: disk.place, message: `it is opened as \`${disk.name}\`` }],
        fixes: () =>
          isOption
            ? offer(replaceStringAt(context, place, opened), {
                title: `Resume from ${opened}`,
                safety: "unsafe",
                preferred: true,
                note: "What is opened has to be the swap, or hold the swap file.",
              })
            : [],
      });
    }
    for (const found of resumesTooEarly(host)) report(found);
    for (const found of resumesFromTable(host)) report(found);
  },
});

/** What is said of a host that resumes from a whole disk on which disko makes a table of partitions. */
function resumesFromTable(host: Host): readonly Report[] {
  const tables = diskoContents(host.config).filter(
    ({ type, certain }) => (type === "gpt" || type === "table") && certain.answer === "yes",
  );
  return resumeDevices(host).flatMap(({ device, option, place }): Report[] => {
    const table = tables.find((one) => one.device.known && one.device.value === device);
    if (!table) return [];
    return [
      {
        at: place,
        message: `By \`${option}\` the host resumes from \`${device}\`, which is a whole disk: disko makes a table of partitions on it, and the swap is in one of those. At the start of the disk no sleeping system is found, and with an offset another place is read than the swap file's. The hibernated system is thrown away at every boot, with all that was open.`,
        help: "Name what holds the swap: the swap partition, the filesystem that holds the swap file, or where that is encrypted the opened disk (/dev/mapper/…).",
        related: [{ place: nameAt(table.holder), message: "the disk and its partitions" }],
      },
    ];
  });
}

/** What is said of a host that resumes from a disk that only crypttab opens, in the running system. */
function resumesTooEarly(host: Host): readonly Report[] {
  const late = new Map(crypttabLines(host).map((line) => [`/dev/mapper/${line.name}`, line]));
  if (late.size === 0 || mayOpenOthers(host) || forbidsHibernation(host)) return [];
  for (const { name } of luksDisks(host)) late.delete(`/dev/mapper/${name}`);
  for (const { text, option } of host.scripts) {
    if (option[0] !== "boot") continue;
    for (const [device, { name }] of late) if (text.includes(name)) late.delete(device);
  }
  const asked = resumeDevices(host);
  const named = asked.flatMap(({ device, option, place }): Report[] => {
    const line = late.get(device);
    if (!line) return [];
    return [
      {
        at: place,
        message: `By \`${option}\` the host resumes from \`${device}\`, which only /etc/crypttab opens: that is read in the running system, and resuming is a matter of the initrd, before it. The initrd waits for the disk in vain, for up to a minute and a half at every boot, and the hibernated system is thrown away, with all that was open.`,
        help: openEarly(line),
        related: [{ place: line.place, message: "it is opened by this, too late" }],
      },
    ];
  });
  if (asked.length > 0) return named;
  // Without a device NixOS looks through the swaps, and systemd for the one that it has noted: all of them are locked.
  const sleeps = sleepsByItself(host);
  const swaps = swapDevices(host);
  const lines = swaps?.map(({ device }) => late.get(device));
  const [first] = swaps ?? [];
  const [line] = lines ?? [];
  if (!sleeps || !first || !line || lines?.some((one) => one === undefined)) return [];
  return [
    {
      at: first.place,
      message: `The host hibernates by itself (${sleeps.text}), and all its swap is opened by /etc/crypttab alone: that is read in the running system, and resuming is a matter of the initrd, before it. The hibernated system is never found and is thrown away, with all that was open.`,
      help: openEarly(line),
      related: [
        { place: line.place, message: "the swap is opened by this, too late" },
        { place: sleeps.place, message: "it hibernates by this" },
      ],
    },
  ];
}

function openEarly({ name, device, key }: CrypttabLine): string {
  const withKey =
    key === undefined
      ? ""
      : " Its key file has to be in the initrd for that (boot.initrd.secrets), or a passphrase has to open it.";
  return `Let the initrd open it, in place of the line in crypttab: boot.initrd.luks.devices.${name}.device = "${device.startsWith("/") ? device : "/dev/disk/by-…"}";${withKey}`;
}

/** The devices of all swap; undefined where there may be more. */
function swapDevices(
  host: Host,
): readonly { readonly device: string; readonly place: Place | undefined }[] | undefined {
  const { config } = host;
  const option = config.child("swapDevices");
  const { items, open } = readItems(option);
  if (open.length > 0 || diskoSwaps(config).length > 0 || openOf(config.at("disko", "devices")) !== undefined)
    return undefined;
  const devices = items.map((item, index) => {
    const device = readString(itemNode(item, [...option.path, String(index)]).child("device"));
    return item.certain.answer === "yes" && device?.known ? { device: device.value, place: device.place } : undefined;
  });
  const known = devices.filter((device) => device !== undefined);
  return known.length === devices.length ? known : undefined;
}

interface Resume {
  readonly device: string;
  readonly option: string;
  readonly place: Place | undefined;
  /** Whether the text is the device and nothing else. */
  readonly isOption: boolean;
}

function resumeDevices({ config }: Host): Resume[] {
  const option = config.at("boot", "resumeDevice");
  const set = option.isDefined() === true ? readString(option) : undefined;
  const own: Resume[] = set?.known
    ? [{ device: set.value, option: "boot.resumeDevice", place: set.place, isOption: true }]
    : [];
  const parameters = readTexts(config.at("boot", "kernelParams")).texts.flatMap(
    ({ text, place, certain }): Resume[] => {
      const device = /^resume=(\/dev\/.+)$/.exec(text)?.[1];
      return device !== undefined && certain.answer === "yes"
        ? [{ device, option: "resume=", place, isOption: false }]
        : [];
    },
  );
  return [...own, ...parameters];
}
