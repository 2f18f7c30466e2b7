import type { Place } from "../../eval/origin.ts";
import { HOLE } from "../../eval/value.ts";
import { backupJobs } from "../../host/backup-jobs.ts";
import { datasetJobs } from "../../host/dataset-jobs.ts";
import type { FileSystem, Host } from "../../host/host.ts";
import { isAtOrBelow } from "../../host/paths.ts";
import { readBoolean, readTexts, setAt } from "../../host/read-values.ts";
import { isSameDevice } from "../../host/rollback-target.ts";
import { btrfsDevices } from "../reading/btrfs-mounts.ts";
import { dataOn } from "../reading/data-on-filesystem.ts";
import { dataPaths } from "../reading/data-paths.ts";
import { namesPath } from "../reading/names-path.ts";
import { normalUsers } from "../reading/normal-users.ts";
import { tmpfilesOpen, tmpfilesRules } from "../reading/tmpfiles.ts";
import { lossOf, uncoveredLoss } from "../reading/wiped-root.ts";
import { defineRule, type RuleContext } from "../rule.ts";

/** A list of what to scrub that leaves out filesystems, or names what cannot be scrubbed. */
export const mismatchedScrub = defineRule({
  code: "IMP616",
  name: "mismatched-scrub",
  group: "snapshots",
  severity: "information",
  since: "0.1.0",

  check(context) {
    checkBtrfs(context);
    checkZfs(context);
  },
});

function checkBtrfs(context: RuleContext): void {
  const { host, report } = context;
  const scrub = host.config.at("services", "btrfs", "autoScrub");
  const list = listed(scrub, "fileSystems");
  if (!list) {
    if (isOn(scrub) && scrub.child("fileSystems").isDefined() === false && hasNone(host)) {
      report({
        at: setAt(scrub.child("enable")),
        severity: "error",
        message:
          "`services.btrfs.autoScrub` is on, and the host mounts no btrfs filesystem: NixOS refuses to build it (“you need to have at least one btrfs file system mounted via 'fileSystems'”).",
        help: host.fileSystems.some(({ fsType }) => fsType.known && fsType.value === "zfs")
          ? "Switch it off; the scrub of ZFS is services.zfs.autoScrub.enable = true;"
          : "Switch it off. bcachefs is scrubbed by `bcachefs scrub`, ZFS by services.zfs.autoScrub.",
      });
    }
    return;
  }
  const leftOut = list.isOpen || host.fileSystemsOpen !== undefined ? [] : leftOutOfBtrfs(host, list.texts);
  const leftWords =
    leftOut.length === 0
      ? ""
      : ` The list does not name ${leftOut.map(({ first, device }) => `\`${first.mountpoint}\` (btrfs on ${device})`).join(" or ")} either: damage there is found only when somebody reads the file.`;
  let isUnclear = false;
  for (const { text, place } of list.texts) {
    if (host.fateOf(text).persisted) {
      // The bind mount of it is as good as a mount of the store's filesystem.
      isUnclear = true;
      continue;
    }
    if (reportNothing(context, text, place ?? list.place) || reportLabel(context, text, place ?? list.place)) {
      isUnclear = true;
      continue;
    }
    // A device may be named as well.
    const fs = text.startsWith("/dev/") || host.fileSystemsOpen !== undefined ? undefined : host.fileSystemAt(text);
    if (
      fs?.certain.answer !== "yes" ||
      !fs.fsType.known ||
      !/^(tmpfs|ext[234]|xfs|zfs|vfat|bcachefs|f2fs)$/.test(fs.fsType.value)
    )
      continue;
    isUnclear = true;
    report({
      at: place ?? list.place,
      severity: "warning",
      message: `\`${text}\` is on ${fs.mountpoint === text ? "" : `\`${fs.mountpoint}\`, `}a ${fs.fsType.value}, which \`btrfs scrub\` refuses: the service fails every time, and checks nothing.${leftWords}`,
      help: "Name a mount point of the btrfs filesystem; one is enough for all of its subvolumes.",
      related: [
        { place: fs.place, message: `the filesystem \`${fs.mountpoint}\`` },
        ...leftOut.slice(0, 2).map(({ first }) => ({ place: first.place, message: `\`${first.mountpoint}\`` })),
      ],
    });
  }
  // What a wrong path was to stand for is not known.
  if (isUnclear || list.isOpen || host.fileSystemsOpen !== undefined) return;
  for (const { device, mounts, first } of leftOut) {
    report({
      at: list.place,
      ...(holdsData(host, mounts) ? { severity: "warning" } : {}),
      message: `\`${first.mountpoint}\` (btrfs on ${device}) is not in the list of what is scrubbed: damage there is found only when somebody reads the file.`,
      help: `Add "${first.mountpoint}"; without the list NixOS scrubs every btrfs filesystem.`,
      related: [{ place: first.place, message: `\`${first.mountpoint}\`` }],
    });
  }
}

/** The filesystems of btrfs that a list does not name, each with the mount to speak of. Removable disks come and go. */
function leftOutOfBtrfs(host: Host, texts: readonly { readonly text: string }[]) {
  const paths = texts.map(({ text }) => text);
  const keyOf = (device: string) =>
    host.layouts.find((one) => one.device.known && isSameDevice(device, one.device.value, one.label)) ?? device;
  // disko's device and the label that it gives are two names of one filesystem.
  const named = new Set(
    paths.flatMap((path) => {
      const device = host.fileSystemAt(path)?.device;
      return [...(device?.known ? [keyOf(device.value)] : []), keyOf(path)];
    }),
  );
  return btrfsDevices(host).flatMap(({ device, mounts }) => {
    if (named.has(keyOf(device))) return [];
    const [first] = mounts.filter(
      ({ options }) => !options.some(({ text }) => /^(noauto|x-systemd\.automount)$/.test(text)),
    );
    const isListed = mounts.some(({ mountpoint }) =>
      paths.some((path) => host.fileSystemAt(path)?.mountpoint === mountpoint),
    );
    return !first || isListed || paths.includes(device) ? [] : [{ device, mounts, first }];
  });
}

/**
 * Whether the configuration says that what lies on one of some filesystems matters: state of a service, directories that are
 * shared or that a backup takes, homes. A backup is no reason not to look: it copies what went bad.
 */
function holdsData(host: Host, mounts: readonly FileSystem[]): boolean {
  const homes = normalUsers(host).flatMap(({ home }) => (home === undefined ? [] : [home]));
  const saved = backupJobs(host.config).flatMap(({ paths }) => paths.map(({ path }) => path));
  const named = dataPaths(host).flatMap(({ path, isSure }) => (isSure ? [path] : []));
  const all = [...homes, ...saved, ...named];
  const isKept = (path: string) => lossOf(host, path).lost === "no";
  return mounts.some((fs) => {
    const kept = dataOn(host, fs);
    return (
      (kept !== undefined && isKept(kept.path)) ||
      all.some((path) => host.fileSystemAt(path)?.mountpoint === fs.mountpoint && isKept(path))
    );
  });
}

/** Whether it is certain that nothing of btrfs is mounted. */
function hasNone({ fileSystems, fileSystemsOpen }: RuleContext["host"]): boolean {
  return (
    fileSystemsOpen === undefined &&
    fileSystems.length > 0 &&
    fileSystems.every(({ fsType }) => fsType.known && fsType.value !== "btrfs" && fsType.value !== "auto")
  );
}

/** A path on the wiped root at which nothing is mounted, and that nothing makes. */
function reportNothing({ host, report }: RuleContext, path: string, at: Place | undefined): boolean {
  if (!path.startsWith("/") || path === "/" || USUAL.test(path) || host.fileSystemsOpen !== undefined) return false;
  if (host.fileSystems.some(({ mountpoint }) => isAtOrBelow(mountpoint, path)) || mayBeMade(host, path)) return false;
  const loss = uncoveredLoss(host, path);
  if (loss.lost !== "yes" || loss.fate.fileSystem?.mountpoint !== "/") return false;
  const btrfs = btrfsDevices(host).flatMap(({ mounts }) => mounts.slice(0, 1));
  report({
    at,
    severity: "warning",
    message: `Nothing is mounted at \`${path}\`, and nothing makes such a directory on the root, which is emptied at boot: \`btrfs scrub\` fails every time, and what it was to check is never checked.`,
    help: "Name a mount point of the btrfs filesystem; one is enough for all of its subvolumes. Without the list NixOS scrubs every btrfs filesystem.",
    related: btrfs.map(({ mountpoint, place }) => ({ place, message: `\`${mountpoint}\` is on btrfs` })).slice(0, 3),
  });
  return true;
}

/** A device by a label that no filesystem of the host has, where the labels of all of btrfs are known. */
function reportLabel({ host, report }: RuleContext, device: string, at: Place | undefined): boolean {
  const label = BY_LABEL.exec(device)?.[1];
  if (label === undefined || host.fileSystemsOpen !== undefined || host.opaque.some(({ known }) => !known))
    return false;
  const labels = btrfsDevices(host).map(({ device: own, mounts }) => {
    const layout = host.layouts.find((one) => one.device.known && one.device.value === own);
    return {
      label: BY_LABEL.exec(own)?.[1] ?? layout?.label,
      place: mounts[0]?.place,
      mountpoint: mounts[0]?.mountpoint,
    };
  });
  // A disk that the host does not mount itself may have the label; where it mounts none at all, that is what is meant.
  if (labels.length === 0 || labels.some((one) => one.label === undefined || one.label === label)) return false;
  const all = labels.map((one) => `\`${one.label}\``).join(", ");
  report({
    at,
    severity: "warning",
    message: `No btrfs filesystem of the host has the label \`${label}\`: ${labels.length === 1 ? "its only one is" : "they are"} ${all}. \`btrfs scrub\` fails every time, and ${labels.length === 1 ? `\`${labels[0]?.mountpoint}\` is` : "these are"} never checked.`,
    help: "Name a mount point instead of a device. Without the list NixOS scrubs every btrfs filesystem.",
    related: labels.slice(0, 3).map((one) => ({ place: one.place, message: `\`${one.mountpoint}\` is on btrfs` })),
  });
  return true;
}

const BY_LABEL = /^(?:\/dev\/disk\/by-label\/|LABEL=)(.+)$/;

/** Directories that systemd and NixOS make on every root. */
const USUAL = /^\/(bin|boot|dev|etc|home|nix|proc|root|run|srv|sys|tmp|usr|var)(\/|$)/;

function mayBeMade(host: Host, path: string): boolean {
  const entries = host.stores.flatMap(({ directories, files }) => [...directories, ...files]);
  return (
    host.storesOpen !== undefined ||
    tmpfilesOpen(host) ||
    tmpfilesRules(host).some((rule) => isAtOrBelow(rule.path, path)) ||
    entries.some((entry) => isAtOrBelow(entry.path, path)) ||
    host.scripts.some(({ text }) => namesPath(text, path)) ||
    host.services.some(({ state }) => state.some((one) => isAtOrBelow(one.path, path)))
  );
}

function checkZfs({ host, report }: RuleContext): void {
  const list = listed(host.config.at("services", "zfs", "autoScrub"), "pools");
  if (!list || list.isOpen || list.texts.length === 0) return;
  const scrubbed = new Set(list.texts.map(({ text }) => text));
  const said = new Set<string>();
  for (const { pool, place, what } of namedPools(host)) {
    if (pool === "" || scrubbed.has(pool) || said.has(pool)) continue;
    said.add(pool);
    const mounts = host.fileSystems.filter(
      ({ fsType, device }) => fsType.known && fsType.value === "zfs" && device.known && poolOf(device.value) === pool,
    );
    report({
      at: list.place,
      ...(holdsData(host, mounts) ? { severity: "warning" } : {}),
      message: `The pool \`${pool}\` is not in the list of what is scrubbed: damage there is found only when somebody reads the file.`,
      help: `Add "${pool}"; without the list NixOS scrubs every pool.`,
      related: [{ place, message: what }],
    });
  }
}

function poolOf(dataset: string): string {
  return dataset.split("/")[0] ?? "";
}

/** The pools that the configuration names: by what is mounted and imported, and by jobs that take snapshots. */
function namedPools(host: Host): { readonly pool: string; readonly place: Place | undefined; readonly what: string }[] {
  const mounted = host.fileSystems.flatMap(({ fsType, device, certain, place }) => {
    if (certain.answer !== "yes" || !fsType.known || fsType.value !== "zfs" || !device.known) return [];
    const pool = poolOf(device.value);
    return [{ pool, place, what: `a dataset of \`${pool}\`` }];
  });
  const imported = readTexts(host.config.at("boot", "zfs", "extraPools")).texts.flatMap(({ text, place, certain }) =>
    certain.answer === "yes" ? [{ pool: text, place, what: "imported here" }] : [],
  );
  const taken = datasetJobs(host.config).flatMap(({ tool, filters }) =>
    filters.flatMap(({ dataset, takes, place }) =>
      takes && !dataset.includes(HOLE)
        ? [{ pool: poolOf(dataset), place, what: `\`${tool}\` takes its datasets` }]
        : [],
    ),
  );
  return [...mounted, ...imported, ...taken];
}

/** The list of a scrub that is switched on and whose list somebody sets. */
function listed(scrub: RuleContext["host"]["config"], option: string) {
  if (!isOn(scrub) || scrub.child(option).isDefined() === false) return undefined;
  const { texts, open } = readTexts(scrub.child(option));
  const place: Place | undefined = setAt(scrub.child(option));
  return { texts, isOpen: open.length > 0, place };
}

function isOn(scrub: RuleContext["host"]["config"]): boolean {
  const enabled = readBoolean(scrub.child("enable"));
  return enabled?.known === true && enabled.value;
}
