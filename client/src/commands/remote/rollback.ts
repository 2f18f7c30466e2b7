import * as vscode from "vscode";
import type { RollbackResult } from "../../../../server/src/remote/rollback/rollback-schema.ts";
import type { HostStatus } from "../../../../server/src/remote/status.ts";
import type { Command, CommandContext } from "../command.ts";
import { pickSnapshot } from "./pick-snapshot.ts";
import { fetchSnapshots } from "./snapshots.ts";
import { isNode, showAnswer, type Target, targetOf } from "./target.ts";

/** How the mounts come to show what was exchanged. */
interface How {
  readonly stop?: readonly string[];
  readonly atNextBoot?: boolean;
}

interface Choice extends vscode.QuickPickItem {
  /** Undefined: a subvolume and a snapshot are asked for. */
  readonly options?: object;
  /** Whether something is mounted anew, so that it matters when. */
  readonly remounts?: boolean;
}

/** Puts a subvolume back to a snapshot, or takes that back. The plan is shown before anything is done. */
export const rollBack: Command = async (context, given) => {
  const target = await targetOf(context, "Roll Back a Subvolume", given);
  if (!target) return;
  const snapshot = isNode(given) ? given.snapshot : undefined;
  const choice: Choice | undefined =
    snapshot === undefined ? await choose(context, target) : { label: "", remounts: true };
  if (!choice) return;
  const what = choice.options ?? (await askSubvolume(context, target, snapshot));
  const how = what && (choice.remounts ? await askHow() : {});
  if (what && how) await carryOut(context, target, what, how);
};

/** Runs it, and offers a way on when something still uses the subvolume. */
async function carryOut(context: CommandContext, target: Target, what: object, how: How): Promise<void> {
  const { host, argument } = target;
  const { calls, book } = context.remote;
  const options = { ...what, ...how };
  const result = await calls.run<RollbackResult>("rollback", `Rolling back on ${host.name}`, argument, options);
  if (!result) return;
  const next = result.done || result.usedBy.length === 0 ? undefined : await askWhenBusy(result, how);
  if (next) return carryOut(context, target, what, next);
  await showAnswer(context, target, "rollback", result);
  if (!result.done) void vscode.window.showWarningMessage(`Nothing was rolled back on ${host.name}: ${result.why}.`);
  if (book.about(host).snapshots) await fetchSnapshots(context, target);
}

/** What was rolled back before can be taken back, or let go; else a subvolume is asked for. */
async function choose(context: CommandContext, target: Target): Promise<Choice | undefined> {
  const { host, argument } = target;
  const listed = await context.remote.calls.run<RollbackResult>("rollback", `Rollbacks of ${host.name}`, argument);
  if (!listed) return undefined;
  const items: Choice[] = [
    { label: "$(discard) Roll back a subvolume…", description: "to one of its snapshots", remounts: true },
    ...listed.rollbacks.flatMap(({ id, path, state, from, pending }): Choice[] => {
      const description = `${state}, from ${from}`;
      if (state === "half-done" || state === "being-discarded")
        return [{ label: `Repair ${path}`, description, options: { repair: true } }];
      const undo = { description, detail: path, options: { undo: id }, remounts: pending.length === 0 };
      return [
        ...(state === "rolled-back" ? [{ label: `Undo ${id}`, ...undo }] : []),
        ...(state === "undone" ? [{ label: `Do ${id} Again`, ...undo }] : []),
        { label: `Discard what ${id} keeps`, description, detail: path, options: { discard: id } },
      ];
    }),
  ];
  return items.length === 1 ? items[0] : vscode.window.showQuickPick(items, { title: `Rollbacks of ${host.name}` });
}

async function askSubvolume(context: CommandContext, target: Target, given: string | undefined) {
  const snapshot = given ?? (await pickSnapshot(context, target, "To Which Snapshot?"));
  if (snapshot === undefined) return undefined;
  const { host, argument } = target;
  const { calls, book } = context.remote;
  const status = book.about(host).status ?? (await calls.run<HostStatus>("status", `Mounts of ${host.name}`, argument));
  const mounts = (status?.mounts ?? []).filter(({ type, mountPoint }) => type === "btrfs" && mountPoint !== "/");
  const paths = [...new Set(mounts.map(({ mountPoint }) => mountPoint))];
  if (!status) return undefined;
  const title = `Which Subvolume Goes Back to ${snapshot}?`;
  const subvolume = await vscode.window.showQuickPick(paths, { title });
  return subvolume === undefined ? undefined : { subvolume, snapshot };
}

const NOW = "Now";
const STOP = "Now, with Units Stopped Meanwhile…";
const BOOT = "At the Next Boot";

async function askHow(): Promise<How | undefined> {
  const items = [
    { label: NOW, description: "it is mounted anew; when something still uses it, you are asked again" },
    { label: STOP, description: "units are stopped, and started again whatever happens" },
    { label: BOOT, description: "until the host is restarted, mounts show the old data" },
  ];
  const choice = await vscode.window.showQuickPick(items, { title: "When Do Mounts Show It?" });
  if (choice?.label === BOOT) return { atNextBoot: true };
  if (choice?.label === STOP) return askUnits("");
  return choice && {};
}

async function askUnits(value: string): Promise<How | undefined> {
  const text = await vscode.window.showInputBox({
    ...{ title: "Units to Stop Meanwhile", prompt: "With their endings; several are separated by a blank", value },
    ...{ placeHolder: "caddy.service postgresql.service", ignoreFocusOut: true },
    validateInput: (units) =>
      unitsOf(units).every((unit) => /^[\w:.@\\][\w:.@\\-]*\.[a-z]+$/.test(unit))
        ? undefined
        : "A unit is called as caddy.service",
  });
  const stop = unitsOf(text ?? "");
  return stop.length > 0 ? { stop } : undefined;
}

/** What uses the subvolume is named; its units can be stopped meanwhile, or the change waits for a boot. */
async function askWhenBusy({ usedBy, why }: RollbackResult, { stop = [] }: How): Promise<How | undefined> {
  const units = [...new Set(usedBy.flatMap(({ unit }) => (unit === undefined ? [] : [unit])))];
  const stopThem = `Stop ${units.length === 1 ? units[0] : `${units.length} Units`} Meanwhile`;
  const buttons = [...(units.length > 0 ? [stopThem] : []), BOOT];
  const detail = [
    ...usedBy.map(({ pid, name, unit }) => `${name} (${pid})${unit ? ` of ${unit}` : ""}`),
    "",
    `${why}.`,
  ];
  const choice = await vscode.window.showWarningMessage(
    "The subvolume is in use. Nothing was changed.",
    { modal: true, detail: detail.join("\n") },
    ...buttons,
  );
  if (choice === BOOT) return { atNextBoot: true };
  return choice === stopThem ? { stop: [...new Set([...stop, ...units])] } : undefined;
}

function unitsOf(text: string): string[] {
  return text.split(/[\s,]+/).filter((unit) => unit !== "");
}
