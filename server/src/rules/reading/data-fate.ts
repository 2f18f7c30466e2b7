import type { Place } from "../../eval/origin.ts";
import { EVERY_DATASET } from "../../host/hand-made-mounts.ts";
import type { Host } from "../../host/host.ts";
import { isAtOrBelow, isBelow, normalise } from "../../host/paths.ts";
import { childrenOf, readBoolean, readTexts } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import type { Severity } from "../rule.ts";
import { scriptCommands } from "./script-commands.ts";
import { noneMountsItselfAt } from "./self-mounting-datasets.ts";
import { type Loss, lossOf } from "./wiped-root.ts";

/** Whether a path is, holds or lies in what a service of the host is known to keep. */
export function isKnownState(host: Host, path: string): boolean {
  return host.services.some(
    ({ enabled, state }) =>
      enabled.answer !== "no" &&
      state.some(
        (own) =>
          own.kind !== "cache" && (isAtOrBelow(path, own.path) || isAtOrBelow(own.path, path) || own.link === path),
      ),
  );
}

/** Entries and filesystems below it are somebody's choice of what to keep. */
export function isPartlyKept(host: Host, path: string): boolean {
  const entries = host.stores.flatMap(({ directories, files }) => [...directories, ...files]);
  return (
    entries.some((entry) => isBelow(entry.path, path)) ||
    host.fileSystems.some(({ mountpoint }) => isAtOrBelow(mountpoint, path))
  );
}

/** Programs that put something where their last argument says. */
const COPIES = /^(cp|mv|rsync|rclone|install|ln|mount|tee)$/;
/** Programs that fetch or unpack something where one of their arguments says. */
const FETCHES = /^(git|curl|wget|tar|unzip|bsdtar|svn|hg)$/;

/** What a script fetches or makes at each boot needs no place to be kept. */
export function isFilledByScript(host: Host, path: string): boolean {
  return host.scripts.some(
    (script) =>
      script.text.includes(path) &&
      scriptCommands(script).some(({ program, words }) => {
        const targets = COPIES.test(program) ? words.slice(-1) : FETCHES.test(program) ? words.slice(1) : [];
        return targets.some(({ text }) => text.startsWith("/") && isAtOrBelow(normalise(text), path));
      }),
  );
}

/** Directories of every system; what else is at the top of a host with ZFS may be a dataset that mounts itself. */
const USUAL = /^\/(etc|home|opt|root|srv|var)\//;

/**
 * Whether something that the configuration does not show may be mounted at a path: datasets of ZFS say by themselves
 * where they are mounted.
 */
export function mayMountItself(host: Host, path: string): boolean {
  if (USUAL.test(path)) return false;
  if (mayHaveDatasets(host)) return !noneMountsItselfAt(host, path);
  return POOL.test(path) && isNamedIn(host.config.at("boot", "supportedFilesystems"), "zfs");
}

/** A directory that is called like a pool, which is where it mounts itself. Who has the programs may import it by hand. */
const POOL = /^\/(\w*(zfs|pool|tank)\w*|zroot)(\/|$)/;

/** Whether pools of ZFS are or may be imported: their datasets say by themselves where they are mounted. */
export function mayHaveDatasets({ fileSystems, config }: Host): boolean {
  const pools = config.at("boot", "zfs", "extraPools");
  return pools.isDefined() !== false || fileSystems.some(({ fsType }) => !fsType.known || fsType.value === "zfs");
}

/** Whether a list of names, or a set of switches, has this one. */
function isNamedIn(node: OptionNode, name: string): boolean {
  if (node.isDefined() === false) return false;
  if (node.names().length === 0) return readTexts(node).texts.some(({ text }) => text === name);
  const flag = readBoolean(node.child(name));
  return flag?.known === true && flag.value;
}

/**
 * The pools that a host imports at boot and of whose datasets the configuration shows none: each may be mounted anywhere, by
 * the property it has on the disk.
 */
export function unseenPools({ config, fileSystems }: Host): readonly string[] {
  const made = childrenOf(config.at("disko", "devices", "zpool")).map(({ name }) => name);
  const mounted = fileSystems.flatMap(({ device }) => (device.known ? [device.value.split("/")[0]] : []));
  const extra = readTexts(config.at("boot", "zfs", "extraPools")).texts.map(({ text }) => text);
  return extra.filter((pool) => !made.includes(pool) && !mounted.includes(pool));
}

/**
 * How loud to say that a path is lost, and what to add: it is no error where a dataset that nobody sees may be mounted there.
 */
export function unlessDataset(host: Host, severity: Severity): { readonly severity: Severity; readonly words: string } {
  const pools = severity === "error" ? unseenPools(host) : [];
  if (pools.length === 0) return { severity, words: "" };
  const names = pools.map((pool) => `\`${pool}\``).join(", ");
  return {
    severity: "warning",
    words: ` Unless a dataset is mounted there: those of ${names} are not in this configuration.`,
  };
}

/**
 * A path that nothing of the configuration keeps, where only datasets that it does not name might: a script runs
 * `zfs mount -a`. Where that script stands; undefined for any other path.
 */
export function unlessMountedByScript({ fate }: Loss): Place | undefined {
  const { survives } = fate;
  return survives.answer === "unknown" && survives.why === EVERY_DATASET ? survives.place : undefined;
}

/** Where systemd keeps the data of services with DynamicUser, which modules name by the link to it. */
export function isKeptForDynamicUser(host: Host, path: string): boolean {
  const real = /^\/var\/lib\/(?!private\/)(.+)$/.exec(path)?.[1];
  return real !== undefined && lossOf(host, `/var/lib/private/${real}`).lost === "no";
}

/** Whether what an option belongs to is known to run as a user of its own, so that nothing of it is below /var/lib/private. */
export function hasFixedUser(host: Host, [top, name]: readonly string[]): boolean {
  const service = host.services.find(({ enable }) => enable === `${top}.${name}.enable`);
  const own = service?.state.filter(({ kind }) => kind === "state") ?? [];
  return own.length > 0 && own.every(({ dynamicUser }) => !dynamicUser);
}
