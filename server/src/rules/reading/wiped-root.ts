import type { Place } from "../../eval/origin.ts";
import { gapConcerns } from "../../host/gaps.ts";
import type { Fate, Host, Rollback } from "../../host/host.ts";
import { isMeantElsewhere } from "../../host/rollback-target.ts";
import type { Severity } from "../rule.ts";
import { isListedInVain } from "./forgotten-stores.ts";

/** What empties the root of a host. */
export interface RootWipe {
  readonly place: Place | undefined;
  readonly rollback: Rollback | undefined;
  /** False when the configuration means to wipe the root, but the script never runs, or it is not clear what it does. */
  readonly works: boolean;
  /** It cannot be told whether it works. */
  readonly isUnclear: boolean;
}

/** Whether a path is lost at a reboot: "no" and "yes" only when proven. */
export interface Loss {
  readonly lost: "yes" | "no" | "unknown";
  /** True when it is lost only once the wipe works. */
  readonly hypothetical: boolean;
  readonly fate: Fate;
}

/** What wipes the root, works or is meant to; undefined when nothing does or nobody can tell. */
export function rootWipe(host: Host): RootWipe | undefined {
  const root = host.ephemeralRoot;
  if (root.kind === "tmpfs" || root.kind === "declared")
    return { place: root.place, rollback: undefined, works: true, isUnclear: false };
  if (root.kind === "rollback") {
    const { rollback } = root;
    return { place: declaredAt(host, rollback), rollback, works: rollback.runs.answer !== "no", isUnclear: false };
  }
  // An attempt that never runs says what is meant, also where a module that cannot be seen might wipe the root.
  const attempt = host.rollbacks.find(
    (rollback) => rollback.runs.answer === "no" || failsOnRoot(rollback) || missesRoot(host, rollback),
  );
  if (attempt) return { place: declaredAt(host, attempt), rollback: attempt, works: false, isUnclear: false };
  // So does a script of which it cannot be told whether it empties the root, beside a store.
  const unclear = host.unclearWipe;
  if (!unclear || unclear.isSwitched) return undefined;
  return { place: unclear.place, rollback: unclear.rollback, works: false, isUnclear: true };
}

function failsOnRoot({ works, wipesRoot }: Rollback): boolean {
  return works.answer === "no" && wipesRoot.answer === "yes";
}

/**
 * Whether it means the root and empties nothing of it: it works on another device and names the root's subvolume, or it
 * names one that is called like a root, is mounted nowhere, and stands beside a store that wants a root that is wiped.
 */
function missesRoot(host: Host, rollback: Rollback): boolean {
  const { wipes, wipesRoot, technique } = rollback;
  const root = host.fileSystems.find(({ mountpoint }) => mountpoint === "/");
  // A dataset of ZFS is mounted as the device.
  const mounted = technique === "zfs" ? root?.device : root?.subvolume;
  if (wipesRoot.answer !== "no" || !root || !mounted?.known) return false;
  if (wipes.includes(mounted.value)) return true;
  const isOfRoot =
    root.fsType.known && root.fsType.value === technique && !isMeantElsewhere(rollback, host.fileSystems);
  const wantsWipe = host.stores.some(
    ({ enabled, directories, files }) => enabled.answer === "yes" && directories.length + files.length > 0,
  );
  return isOfRoot && wantsWipe && wipes.some((name) => namesRoot(technique, name));
}

/** Whether a subvolume is called like a root, or a dataset by the last of its names. */
function namesRoot(technique: Rollback["technique"], name: string): boolean {
  const own = technique === "zfs" ? (name.split("/").slice(1).at(-1) ?? "-") : name;
  return /^@?(root|rootfs|rootvol|system)?$/.test(own);
}

/** The name of the unit that holds the script, which is shorter to point at than the script. */
function declaredAt(host: Host, rollback: Rollback): Place | undefined {
  const { option: at } = rollback;
  const isAt = (option: readonly string[]) => option.length === at.length && option.every((name, i) => name === at[i]);
  const unit = host.units.find(({ scripts }) => scripts.some(({ option }) => isAt(option)));
  return unit?.place ?? rollback.place;
}

/**
 * What a reboot does to a path. A host whose wipe never runs is judged as if it did: one mistake must not
 * hide the next.
 */
export function lossOf(host: Host, path: string): Loss {
  const fate = host.fateOf(path);
  const answer = fate.survives.answer;
  if (answer === "no") return { lost: "yes", hypothetical: rootWipe(host)?.works === false, fate };
  const wipe = rootWipe(host);
  if (wipe?.works !== false) {
    return { lost: answer === "yes" ? "no" : "unknown", hypothetical: false, fate };
  }
  // A host that shows no filesystem at all, not even its root, has them elsewhere: which it has cannot be told.
  if (host.fileSystems.length === 0) return { lost: "unknown", hypothetical: true, fate };
  if (wipe.isUnclear || wipe.rollback?.wipesRoot.answer === "yes") {
    const meant = host.fateAsMeant(path).survives.answer;
    return { lost: ({ yes: "no", no: "yes", unknown: "unknown" } as const)[meant], hypothetical: true, fate };
  }
  const onRoot = (fate.fileSystem?.mountpoint ?? "/") === "/";
  if (!onRoot) return { lost: answer === "yes" ? "no" : "unknown", hypothetical: true, fate };
  // What is not known of a root that nothing wipes is whether something else is mounted there.
  const isOpen = answer === "unknown" && host.ephemeralRoot.kind === "none";
  return { lost: isOpen || mayBeCovered(host, path) ? "unknown" : "yes", hypothetical: true, fate };
}

/**
 * As `lossOf` for a path that nobody persists or gives up; one in a store that is itself lost, or that nobody switches on,
 * is the store's matter.
 */
export function uncoveredLoss(host: Host, path: string): Loss {
  const loss = lossOf(host, path);
  return loss.fate.persisted || host.isUnwanted(path) || isListedInVain(host, path) ? { ...loss, lost: "no" } : loss;
}

/** Where a path that is lost lies, for the middle of a sentence. */
export function whereInWords(loss: Loss): string {
  return loss.hypothetical ? "on the root, which is meant to be wiped" : loss.fate.by;
}

/** "is lost at every reboot" for a path, or what will happen once the wipe works. */
export function lossInWords(loss: Loss, many = false): string {
  return loss.hypothetical
    ? "would be lost at every reboot once the root is really wiped, as this configuration intends"
    : `${many ? "are" : "is"} lost at every reboot`;
}

/**
 * How loud to say that something is lost: where the wipe does not work and no store says that it is meant, nothing is lost
 * as it is, and perhaps nobody wants it to.
 */
export function severityOfLoss(host: Host, isHypothetical: boolean, severity: Severity): Severity {
  if (severity !== "error" || !isHypothetical || host.stores.length > 0) return severity;
  // A script that certainly fails, on a host that keeps nothing apart, is perhaps that of its neighbours.
  return rootWipe(host)?.rollback?.works.answer === "no" ? "information" : "warning";
}

function mayBeCovered(host: Host, path: string): boolean {
  if (host.fileSystemsOpen !== undefined || host.storesOpen !== undefined) return true;
  return host.stores.some((store) => store.open.some((gap) => gapConcerns(gap, path)));
}
