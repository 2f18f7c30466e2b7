import type { DiskoLayout, FileSystem, Host, SnapshotJob } from "../../host/host.ts";
import { isAtOrBelow } from "../../host/paths.ts";
import { readExplicitBoolean } from "../../host/read-values.ts";
import { isSameDevice } from "../../host/rollback-target.ts";
import { commandsOf } from "../../host/script-commands.ts";
import { normalUsers } from "./normal-users.ts";
import { tmpfilesOpen, tmpfilesRules } from "./tmpfiles.ts";
import { usersByUnit } from "./users-by-unit.ts";
import { rootWipe } from "./wiped-root.ts";

/** The source of a snapshot that is no subvolume. */
export interface PlainSource {
  /** The filesystem that it is a directory of. */
  readonly fs: FileSystem;
  readonly layout: DiskoLayout;
  /** It is `/home` on a root that is wiped, and comes into being with the homes below it. */
  readonly madeByUsers: boolean;
}

/** Whether all is known that says what the sources of a job are. */
export function isReadable(host: Host, job: SnapshotJob): boolean {
  const isOpen = host.fileSystemsOpen !== undefined || tmpfilesOpen(host);
  return !isOpen && job.tool !== "sanoid" && job.tool !== "policy" && !mountsByItself(host, job);
}

/** What a source of a job of btrfs is, where it certainly is no subvolume: on a disk whose whole layout is known. */
export function plainSource(host: Host, job: SnapshotJob, path: string): PlainSource | undefined {
  if (!isReadable(host, job) || !path.startsWith("/")) return undefined;
  const fs = host.fileSystemAt(path);
  const layout = layoutOf(host, fs);
  if (!fs || !layout || fs.mountpoint === path || mayBeSubvolume(host, fs, path)) return undefined;
  return { fs, layout, madeByUsers: path === "/home" };
}

/** The layout of a filesystem, when all of its subvolumes are known. */
function layoutOf(host: Host, fs: FileSystem | undefined): DiskoLayout | undefined {
  const layout = fs?.disko && host.layouts.find(({ subvolumes }) => fs.disko && subvolumes.includes(fs.disko));
  return layout?.fsType === "btrfs" && layout.open === undefined ? layout : undefined;
}

/** A source at the top level of a filesystem where disko makes no such subvolume. */
export interface MissingSubvolume {
  readonly name: string;
  /** The mount of the top level. */
  readonly fs: FileSystem;
  readonly layout: DiskoLayout;
  /** What disko makes instead. */
  readonly others: readonly string[];
  /** Those of them that hold something to keep and that no job takes. */
  readonly unused: readonly string[];
}

/** A source that would be a subvolume directly below the mounted top level, on a disk whose layout is known to the last one. */
export function missingSubvolume(host: Host, job: SnapshotJob, path: string): MissingSubvolume | undefined {
  if (job.tool !== "btrbk" || !isReadable(host, job)) return undefined;
  const fs = host.fileSystemAt(path);
  const name = fs && path.startsWith(`${fs.mountpoint}/`) ? path.slice(fs.mountpoint.length + 1) : undefined;
  if (!fs?.device.known || name === undefined || name.includes("/") || /[*?]/.test(name)) return undefined;
  if (fs.certain.answer !== "yes" || !fs.subvolume?.known || fs.subvolume.value !== "") return undefined;
  const device = fs.device.value;
  const layout = host.layouts.find((one) => one.device.known && isSameDevice(device, one.device.value, one.label));
  if (layout?.fsType !== "btrfs" || layout.open !== undefined || layout.subvolumes.length === 0) return undefined;
  const isMade =
    layout.subvolumes.some((one) => one.name === name || one.name.startsWith(`${name}/`)) ||
    // What another mount shows was made by hand.
    host.fileSystems.some(({ subvolume }) => subvolume?.known && subvolume.value === name) ||
    tmpfilesRules(host).some(({ path: made }) => isAtOrBelow(path, made)) ||
    host.scripts.some(({ text }) => text.includes(name));
  if (isMade) return undefined;
  const others = layout.subvolumes.map((one) => one.name);
  const taken = host.snapshotJobs.flatMap(({ sources }) => sources.flatMap((one) => (one.known ? [one.value] : [])));
  const unused = layout.subvolumes.flatMap((one) => {
    const at = one.mountpoint.known ? one.mountpoint.value : null;
    const isSystem = at === null || /^\/(nix|boot|tmp|swap|\.?snapshots|var\/log)?(\/|$)/.test(at) || at === "/";
    return isSystem || taken.includes(`${fs.mountpoint}/${one.name}`) || taken.includes(at) ? [] : [one.name];
  });
  return { name, fs, layout, others, unused };
}

/** A home that is taken, below a filesystem for homes of which nothing says how its directories came into being. */
export function plainHome(
  host: Host,
  job: SnapshotJob,
  path: string,
): { readonly user: string; readonly fs: FileSystem } | undefined {
  if (!isReadable(host, job) || usersByUnit(host) !== false) return undefined;
  const user = normalUsers(host).find(({ home }) => home === path);
  const fs = host.fileSystemAt(path);
  if (!user || fs?.certain.answer !== "yes" || fs.mountpoint === path || fs.mountpoint === "/") return undefined;
  // Of disks that disko lays out it is known.
  if (!fs.fsType.known || fs.fsType.value !== "btrfs" || fs.disko || host.fateOf(path).persisted) return undefined;
  if (readExplicitBoolean(user.node.child("createHome"))?.known === false) return undefined;
  const last = path.slice(path.lastIndexOf("/") + 1);
  const mayBeMade =
    tmpfilesRules(host).some((rule) => /^[vqQ]/.test(rule.type) && isAtOrBelow(path, rule.path)) ||
    host.scripts.some(({ text }) => /subv?o?l?u?m?e?\s+(cr|sn)/.test(text) && text.includes(last)) ||
    // One who cares for the subvolume's directory of snapshots may have made both.
    tmpfilesRules(host).some((rule) => isAtOrBelow(rule.path, path));
  return mayBeMade ? undefined : { user: user.name, fs };
}

/** A script that mounts the filesystem names subvolumes by where it mounted them; units may mount anything anywhere. */
function mountsByItself({ units, config }: Host, { tool, name }: SnapshotJob): boolean {
  if (config.at("systemd", "mounts").isDefined() !== false) return true;
  if (tool !== "script") return false;
  const unit = units.find((one) => one.stage === "system" && one.name === name);
  return unit?.scripts.some((script) => commandsOf(script).all.some((use) => use.name === "mount")) !== false;
}

/** systemd makes subvolumes of these when they are missing. */
const MADE_BY_SYSTEMD = ["/home", "/srv", "/tmp", "/var", "/var/tmp", "/var/lib/machines", "/var/lib/portables"];

/** Whether somebody may have made a subvolume there: the layout under another mount, tmpfiles, a script, or an engine. */
function mayBeSubvolume(host: Host, fs: FileSystem, path: string): boolean {
  const below = path.slice(fs.mountpoint === "/" ? 1 : fs.mountpoint.length + 1);
  const outer = fs.subvolume?.known ? fs.subvolume.value : undefined;
  const name = outer ? `${outer}/${below}` : below;
  return (
    outer === undefined ||
    (MADE_BY_SYSTEMD.includes(path) && !(path === "/home" && isMadeWithHomes(host))) ||
    host.layouts.some(({ subvolumes }) => subvolumes.some((subvolume) => subvolume.name === name)) ||
    tmpfilesRules(host).some(({ type, path: made }) => /^[vqQ]/.test(type) && isAtOrBelow(path, made)) ||
    host.scripts.some(
      ({ text }) => /subv?o?l?u?m?e?\s+cr/.test(text) && text.includes(path.slice(path.lastIndexOf("/") + 1)),
    )
  );
}

/**
 * Whether `/home` on a root that is wiped is there, as a plain directory, before systemd-tmpfiles would make it a subvolume:
 * the activation makes the homes of users with all directories above them. A root that is kept may have one made by hand.
 */
function isMadeWithHomes(host: Host): boolean {
  const wipe = rootWipe(host);
  if (!wipe || wipe.isUnclear || usersByUnit(host) !== false) return false;
  return normalUsers(host).some(
    ({ home, node }) =>
      home !== undefined &&
      home !== "/home" &&
      isAtOrBelow(home, "/home") &&
      readExplicitBoolean(node.child("createHome"))?.known !== false,
  );
}
