import type { Host, PersistedPath } from "../host/host.ts";
import { isAtOrBelow } from "../host/paths.ts";
import type { HostShape, MissingSubvolume } from "./host-shape.ts";

/** Where the commands mount the top level of the filesystem; docs/server.md does so, too. */
const TOP = "/mnt/top";

/** A host before and after the plan. */
export interface Move {
  readonly shape: HostShape;
  readonly before: Host;
  readonly after: Host;
  /** Files that are persisted without being in a list: what is written into the store itself. */
  readonly moved: readonly string[];
}

/**
 * What a person has to do on a host that runs already, in order, with the commands: the new subvolumes are empty, and a
 * mount hides what lies below it. Nothing for a host whose disk is going to be laid out.
 */
export function moveNotes({ shape, before, after, moved }: Move): string[] {
  const { root, missing, store, layout } = shape;
  if (!root) return [];
  const device = root.device.known ? root.device.value : "DEVICE";
  const at = ({ name, mountpoint }: MissingSubvolume) => `${TOP}/${subvolumeOf(after, mountpoint) ?? name}`;
  const filled = missing.filter(({ mountpoint }) => mountpoint !== store && mountpoint !== shape.snapshots);
  const newStore = missing.find(({ mountpoint }) => mountpoint === store);
  const persisted = newlyPersisted(before, after, moved).map(word);
  const commands = [
    ...(missing.length > 0 ? [`mkdir -p ${TOP}`, `mount -o subvolid=5 ${word(device)} ${TOP}`] : []),
    ...missing.map((one) => `btrfs subvolume create ${word(at(one))}`),
    ...filled.map((one) => `cp -a --reflink=auto ${word(one.mountpoint)}/. ${word(at(one))}/`),
    // What is not there yet is told and left out; the copy goes on.
    ...(persisted.length > 0
      ? [`cp -a --reflink=auto --parents ${persisted.join(" ")} ${word(newStore ? at(newStore) : store)}/`]
      : []),
    ...(missing.length > 0 ? [`umount ${TOP}`] : []),
  ];
  if (commands.length === 0) return [];
  const disko = layout && missing.length > 0 ? " disko makes subvolumes on an empty disk only." : "";
  return [
    `On a host that runs already, stop the services whose state is copied and run this as root, before anything is switched.${disko}`,
    ...commands.map((command) => `    ${command}`),
    "Then `nixos-rebuild boot` and reboot. Not `switch`: it would mount the new subvolumes and directories over what is running.",
  ];
}

/** Paths that the plan persists, with those of the store itself. */
function newlyPersisted(before: Host, after: Host, moved: readonly string[]): string[] {
  const entries = (host: Host) => host.stores.flatMap(({ directories, files }) => [...directories, ...files]);
  const isSure = ({ certain, store }: PersistedPath) => certain.answer === "yes" && store.enabled.answer === "yes";
  const known = new Set(
    entries(before)
      .filter(isSure)
      .map(({ path }) => path),
  );
  const added = entries(after).filter(({ path, certain }) => certain.answer === "yes" && !known.has(path));
  const unique = [...new Set([...added.map(({ path }) => path), ...moved])].sort();
  return unique.filter((path) => !unique.some((other) => other !== path && isAtOrBelow(path, other)));
}

function subvolumeOf(host: Host, mountpoint: string): string | undefined {
  const found = host.fileSystems.find((fs) => fs.mountpoint === mountpoint);
  return found?.subvolume?.known ? found.subvolume.value : undefined;
}

/** A word of a shell command. */
function word(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
