import type { Place } from "../eval/origin.ts";
import { gateOf } from "../shell/rollback-gates.ts";
import { type RollbackTechnique, readRollback, type Wipe } from "../shell/rollback-reader.ts";
import { resolveWord } from "../shell/sh-values.ts";
import type { Known, Rollback, Script } from "./host.ts";
import { normalise } from "./paths.ts";
import { commandsOf } from "./script-commands.ts";
import { cleanSubvolume } from "./subvolume.ts";
import { known, notKnown } from "./verdict.ts";

/** What one script does to the subvolumes or datasets of a host at boot. */
export interface RollbackScript {
  readonly technique: Rollback["technique"];
  readonly method: RollbackTechnique | undefined;
  /** Names of the subvolumes (relative to the top level) or datasets it empties. */
  readonly wipes: readonly string[];
  readonly device: Known<string> | undefined;
  /** The blank subvolume or snapshot that takes the place of the root. */
  readonly blank: string | undefined;
  /** The directory that keeps old roots, seen from the top level. */
  readonly archive: string | undefined;
  /** Why it may empty more than it names. */
  readonly open: string | undefined;
  /** The switch that it waits for, when it does not wipe at every boot. */
  readonly gate: { readonly reason: string; readonly place: Place | undefined } | undefined;
}

/** The rollback in a script, or undefined when it empties nothing. */
export function readRollbackScript(script: Script): RollbackScript | undefined {
  const { shell, scope, storage } = commandsOf(script);
  const reading = readRollback(shell, scope);
  if (reading.kind === "none") return undefined;
  const gate = gateOf(shell, script.text, reading.evidence, storage, scope);
  const device = reading.unknown.find(({ what }) => what === "device" || what === "mount");
  return {
    technique: reading.kind,
    method: reading.technique,
    wipes: reading.kind === "zfs" ? reading.subvolumes : mountedWipes(reading.wipes),
    device:
      reading.device !== undefined
        ? known(reading.device, script.place)
        : device && notKnown(device.reason, script.placeOf(device.start, device.end) ?? script.place),
    blank: reading.blank,
    archive: reading.archive,
    open: reading.unknown.find(({ what }) => what === "subvolume" || what === "mount")?.reason,
    gate: gate && { reason: gate.reason, place: script.placeOf(gate.start, gate.end) ?? script.place },
  };
}

/** A path outside of what the script mounts is not the name of a subvolume: other units may mount there. */
function mountedWipes(wipes: readonly Wipe[]): string[] {
  return wipes.flatMap(({ subvolume, isMounted }) => (subvolume !== undefined && isMounted ? [subvolume] : []));
}

/**
 * What a script tries to empty although it cannot work as written: it deletes one subvolume and makes
 * another one. Only for scripts that never run, where the intention is all there is.
 */
export function readRollbackAttempt(script: Script): RollbackScript | undefined {
  const { storage, scope } = commandsOf(script);
  const deletes = storage.some(({ kind }) => kind === "subvolume-delete");
  const made = storage.flatMap((command) => (command.kind === "subvolume-create" ? command.targets : []));
  const names = made.flatMap((word) => {
    const { value } = resolveWord(word, scope);
    return value === undefined ? [] : [cleanSubvolume(normalise(value))];
  });
  if (!deletes || names.length === 0) return undefined;
  const technique = storage.some((command) => "tool" in command && command.tool === "bcachefs") ? "bcachefs" : "btrfs";
  return {
    technique,
    method: undefined,
    wipes: names,
    device: undefined,
    blank: undefined,
    archive: undefined,
    open: "what it deletes and what it makes anew are not the same",
    gate: undefined,
  };
}
