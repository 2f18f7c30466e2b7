import type { MergeNode } from "../modules/merge-node.ts";
import type { OptionNode } from "../modules/option-node.ts";
import type { FileSystems } from "./file-systems.ts";
import { hidesRollback, mayRemoveRoot } from "./hidden-rollback.ts";
import type {
  DiskoLayout,
  EphemeralRoot,
  FileSystem,
  Release,
  Rollback,
  Script,
  Store,
  UnclearWipe,
  Unit,
  Verdict,
} from "./host.ts";
import { type InitrdHooks, usesSystemdInitrd } from "./initrd.ts";
import { startedInInitrd } from "./initrd-start.ts";
import { perNode } from "./per-node.ts";
import { type Reason, readBoolean, readTexts } from "./read-values.ts";
import { type RollbackScript, readRollbackAttempt, readRollbackScript } from "./rollback-script.ts";
import { isMeantElsewhere, wipesFileSystem } from "./rollback-target.ts";
import { comesBeforeRoot } from "./root-order.ts";
import { emptiedAtShutdown } from "./shutdown-scripts.ts";
import { unitCondition } from "./unit-conditions.ts";
import { meantDevice } from "./unit-names.ts";
import type { Units } from "./units.ts";
import { isUnopened, mappedName } from "./unopened-device.ts";
import { allOf, NO, unsure, YES } from "./verdict.ts";
import { importsPools, isBeforeImport } from "./zfs-import-hook.ts";

/** What the search for rollbacks looks at. */
export interface RollbackInput {
  readonly root: OptionNode;
  readonly release: Release;
  readonly hooks: InitrdHooks;
  readonly units: Units;
  readonly fileSystems: FileSystems;
  readonly layouts: readonly DiskoLayout[];
  readonly scripts: readonly Script[];
  /** Why modules that cannot be read may add anything. */
  readonly unseen: string | undefined;
}

export interface Rollbacks {
  readonly list: readonly Rollback[];
  /** Why a rollback may exist that is not listed. */
  readonly hidden: Reason | undefined;
  /** A script of the initrd that removes subvolumes or the like in a way that is not clear. */
  readonly unclear: { readonly script: Script; readonly why: string } | undefined;
}

/** Every script of the host that empties subvolumes at boot, or tries to. */
export function readRollbacks(input: RollbackInput): Rollbacks {
  const list: Rollback[] = [];
  let unclear: Rollbacks["unclear"];
  let hidden: Reason | undefined = input.hooks.open ?? input.units.open.initrd;
  const systemd = usesSystemdInitrd(input.root, input.release);
  const mounted = rootOf(input.fileSystems.list)?.subvolume;
  const rootSubvolume = mounted?.known ? mounted.value : undefined;
  const look = (script: Script, stage: Rollback["stage"], runs: Verdict): void => {
    const found = readRollbackScript(script) ?? (stage === "stage-2" ? readRollbackAttempt(script) : undefined);
    if (found) {
      list.push(rollbackOf(input, script, stage, runs, found));
    } else if (stage !== "stage-2" && runs.answer !== "no") {
      const why = hidesRollback(script, rootSubvolume);
      if (why === undefined) return;
      hidden ??= { why, place: script.place };
      if (mayRemoveRoot(script, rootSubvolume)) unclear ??= { script, why };
    }
  };
  for (const { script, certain } of input.hooks.list)
    look(script, "initrd-scripted", allOf(certain, hooksRun(systemd, input), beforeMount(script)));
  for (const unit of input.units.list) {
    if (unit.stage === "system" && !aimsAtInitrd(unit)) {
      hidden ??= replacedLater(input, unit);
      continue;
    }
    const runs = unit.stage === "initrd" ? unitRuns(input.root, unit, systemd) : NO;
    for (const script of unit.scripts) look(script, unit.stage === "initrd" ? "initrd-systemd" : "stage-2", runs);
  }
  hidden ??= emptiedAtShutdown(input.root, rootSubvolume);
  return { list, hidden, unclear };
}

/** How the root is emptied: "none" only if nothing that could do it is out of sight. */
export function readEphemeralRoot(input: RollbackInput, rollbacks: Rollbacks): EphemeralRoot {
  const windows = runsInWindows(input.root);
  if (windows.answer === "yes") return { kind: "none" };
  if (windows.answer === "unknown") return { kind: "unknown", why: windows.why, place: windows.place };
  const root = rootOf(input.fileSystems.list);
  if (root?.fsType.known && root.fsType.value === "tmpfs" && root.certain.answer === "yes") {
    return { kind: "tmpfs", place: root.fsType.place ?? root.place };
  }
  let doubt: Reason | undefined;
  for (const rollback of rollbacks.list) {
    const verdict = allOf(rollback.works, rollback.runs, rollback.wipesRoot);
    if (verdict.answer === "yes") return { kind: "rollback", rollback };
    if (verdict.answer === "unknown") doubt ??= { why: verdict.why, place: verdict.place ?? rollback.place };
  }
  if (root && !root.fsType.known && !isDevice(root)) doubt ??= { why: root.fsType.why, place: root.fsType.place };
  if (root?.fsType.known && root.fsType.value === "tmpfs") doubt ??= { why: whyOf(root.certain), place: root.place };
  if (!root && input.fileSystems.open !== undefined) doubt ??= { why: input.fileSystems.open, place: undefined };
  doubt ??= rollbacks.hidden;
  if (input.unseen !== undefined) doubt ??= { why: input.unseen, place: undefined };
  return doubt ? { kind: "unknown", ...doubt } : { kind: "none" };
}

/**
 * Whether the host runs in WSL: Windows mounts its root, a disk that stays, before anything of the host is started, and
 * there is no initrd. NixOS-WSL's own modules are no part of the workspace; an option of that name in it is another one.
 */
function runsInWindows(root: OptionNode): Verdict {
  const { importsGroup } = root as Partial<MergeNode>;
  if (importsGroup?.call(root, "wsl") !== true) return NO;
  const enabled = readBoolean(root.at("wsl", "enable"));
  if (enabled === undefined) return NO;
  return enabled.known ? (enabled.value ? YES : NO) : unsure(enabled.why, enabled.place);
}

/** The rollbacks as if each that aims at the root also ran, and the one that is not clear did what it is meant to. */
export function asMeant(rollbacks: Rollbacks, unclear: UnclearWipe | undefined): Rollbacks {
  const list = rollbacks.list.map((rollback) => {
    const fails = rollback.runs.answer === "no" || rollback.works.answer === "no";
    if (fails && rollback.wipesRoot.answer === "yes") return { ...rollback, runs: YES, works: YES };
    return rollback === unclear?.rollback && !unclear.isSwitched
      ? { ...rollback, runs: YES, wipesRoot: YES }
      : rollback;
  });
  return { ...rollbacks, list };
}

/** The root as if the rollbacks did what they are meant to. */
export function rootAsMeant(
  input: RollbackInput,
  rollbacks: Rollbacks,
  unclear: UnclearWipe | undefined,
): EphemeralRoot {
  const root = readEphemeralRoot(input, asMeant(rollbacks, unclear));
  if (root.kind === "tmpfs" || root.kind === "rollback" || !unclear || unclear.isSwitched) return root;
  return { kind: "declared", place: unclear.place };
}

/**
 * The script of the initrd that is obviously meant to empty the root of a host with a store, where it cannot be told
 * whether it does; undefined when the root's fate is known, or no script aims at it.
 */
export function readUnclearWipe(
  input: RollbackInput,
  rollbacks: Rollbacks,
  root: EphemeralRoot,
  stores: readonly Store[],
): UnclearWipe | undefined {
  const all = input.fileSystems.list;
  // Who writes bind mounts by hand keeps things as well.
  const isMeant =
    stores.some(
      ({ enabled, directories, files }) => enabled.answer !== "no" && directories.length + files.length > 0,
    ) ||
    all.some(
      ({ options, mountpoint }) => /^\/(etc|var)\b/.test(mountpoint) && options.some(({ text }) => text === "bind"),
    );
  if (root.kind !== "unknown" || !isMeant) return undefined;
  for (const rollback of rollbacks.list) {
    const verdict = allOf(rollback.works, rollback.runs, rollback.wipesRoot);
    if (verdict.answer !== "unknown" || rollback.stage === "stage-2" || isMeantElsewhere(rollback, all)) continue;
    return {
      rollback,
      script: rollback.script,
      why: verdict.why,
      place: rollback.place,
      isSwitched: isSwitched(input, rollback),
    };
  }
  const { unclear } = rollbacks;
  return unclear && { ...unclear, rollback: undefined, place: unclear.script.place, isSwitched: false };
}

/** Whether somebody has to ask for the wipe, on the kernel's command line or by a file, so that most boots do not wipe. */
function isSwitched({ units }: RollbackInput, { script, stage, option }: Rollback): boolean {
  const unit = units.list.find((one) => one.stage === "initrd" && one.name === option[4]);
  const waits = stage === "initrd-systemd" && unit !== undefined && unitCondition(unit).answer !== "yes";
  return waits || readRollbackScript(script)?.gate !== undefined;
}

/**
 * Why the next boot may find another root than the one that runs: a service of the running system that something starts
 * moves the root's subvolume away and makes a new one, which is mounted by its name the next time.
 */
function replacedLater({ fileSystems }: RollbackInput, unit: Unit): Reason | undefined {
  if (unit.certain.answer === "no" || unit.wantedBy.length + unit.requiredBy.length === 0) return undefined;
  const root = rootOf(fileSystems.list);
  for (const script of unit.scripts) {
    if (!/\bsubvolume\b|\bzfs\b.*\brollback\b/.test(script.text)) continue;
    const found = readRollbackScript(script);
    if (!found || !root || wipesFileSystem(found, root, fileSystems.list).answer === "no") continue;
    return { why: `${unit.name}.service replaces the root while it is in use, for the next boot`, place: script.place };
  }
  return undefined;
}

function rollbackOf(
  input: RollbackInput,
  script: Script,
  stage: Rollback["stage"],
  runs: Verdict,
  found: RollbackScript,
): Rollback {
  const root = rootOf(input.fileSystems.list);
  const wipesRoot = root
    ? wipesFileSystem(found, root, input.fileSystems.list)
    : unsure("no filesystem is declared for /, so what is mounted there is not known");
  const { gate, ...rest } = found;
  const always = gate ? unsure(gate.reason, gate.place) : YES;
  const works = fails(input, script, stage, found) ? NO : YES;
  return {
    ...{ ...rest, script, option: script.option, stage, works, place: script.place, wipesRoot },
    runs: allOf(runs, always),
  };
}

/** Whether the script is proven to fail before it empties anything. */
function fails(input: RollbackInput, script: Script, stage: Rollback["stage"], found: RollbackScript): boolean {
  const { technique, device } = found;
  if (technique === "zfs") {
    if (stage !== "initrd-scripted" || importsPools(script)) return false;
    const when = isBeforeImport(script.option.at(-1) ?? "", input.release);
    return when === "always" || when === "since-24.11";
  }
  const name = device?.known ? mappedName(device.value) : undefined;
  const { root, fileSystems, layouts, scripts, unseen } = input;
  const disks = { config: root, fileSystems: fileSystems.list, fileSystemsOpen: fileSystems.open, layouts, scripts };
  return name !== undefined && unseen === undefined && isUnopened(disks, name);
}

/** A host that builds has its hooks run: under systemd stage 1, NixOS refuses to build it. */
function hooksRun(systemd: Verdict, { release }: RollbackInput): Verdict {
  return systemd.answer === "unknown" && release.nixos === undefined ? YES : negated(systemd);
}

/** `postMountCommands` comes when the root is mounted: what is made anew then is not what the host runs on. */
function beforeMount({ option, place }: Script): Verdict {
  if (option.at(-1) !== "postMountCommands") return YES;
  return unsure("boot.initrd.postMountCommands runs when the root is already mounted", place);
}

function negated(verdict: Verdict): Verdict {
  return verdict.answer === "unknown" ? verdict : verdict.answer === "yes" ? NO : YES;
}

/** An initrd unit empties the root only if something starts it, and before the root is mounted. */
function unitRuns(root: OptionNode, unit: Unit, systemd: Verdict): Verdict {
  const before = unit.before.some(({ text }) => comesBeforeRoot(text));
  return allOf(
    unit.certain,
    systemd,
    unitStarts(root, unit),
    waitsInVain(unit) ? NO : YES,
    before ? YES : unsure(`nothing puts ${unit.name}.service before the mount of the root`, unit.place),
    unitCondition(unit),
  );
}

/** What requires the unit of a device that can never be there is not started. */
function waitsInVain({ node }: Unit): boolean {
  return ["requires", "bindsTo", "requisite"].some((relation) =>
    readTexts(node.child(relation)).texts.some(({ text }) => meantDevice(text) !== undefined),
  );
}

function unitStarts(root: OptionNode, unit: Unit): Verdict {
  const starts = [...unit.wantedBy, ...unit.requiredBy].map(({ text }) => startedInInitrd(root, unit, text));
  if (starts.length === 0) return unsure(`nothing is seen to start ${unit.name}.service`, unit.place);
  const open = starts.find(({ answer }) => answer === "unknown");
  return starts.find(({ answer }) => answer === "yes") ?? open ?? NO;
}

/** A service of the running system that names units of the initrd was meant to run there, and never does. */
const aimsAtInitrd = perNode((unit: Unit): boolean =>
  [...unit.wantedBy, ...unit.requiredBy, ...unit.before].some(({ text }) =>
    /^(initrd[\w-]*\.target|sysroot\.mount)$/.test(text),
  ),
);

function rootOf(fileSystems: readonly FileSystem[]): FileSystem | undefined {
  return fileSystems.find(({ mountpoint }) => mountpoint === "/");
}

function isDevice(fs: FileSystem): boolean {
  return fs.device.known && fs.device.value.startsWith("/dev/");
}

function whyOf(verdict: Verdict): string {
  return verdict.answer === "unknown" ? verdict.why : "it is not certain that the root is a tmpfs";
}
