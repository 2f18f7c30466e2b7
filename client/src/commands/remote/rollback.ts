import * as vscode from "vscode";
import type { RollbackResult } from "../../../../server/src/remote/rollback/rollback-schema.ts";
import type { HostStatus } from "../../../../server/src/remote/status.ts";
import { shownTime } from "../../remote/shown.ts";
import type { Command, CommandContext } from "../command.ts";
import { fetchSnapshots } from "./snapshots.ts";
import { isNode, showAnswer, type Target, targetOf } from "./target.ts";

interface Choice extends vscode.QuickPickItem {
  /** Undefined: a subvolume and a snapshot are asked for. */
  readonly options?: object;
}

/** Puts a subvolume back to a snapshot, or takes that back. The plan is shown before anything is done. */
export const rollBack: Command = async (context, given) => {
  const target = await targetOf(context, "Roll Back a Subvolume", given);
  if (!target) return;
  const { host, argument } = target;
  const { calls, book } = context.remote;
  const snapshot = isNode(given) ? given.snapshot : undefined;
  const options =
    snapshot === undefined ? await choose(context, target) : await askSubvolume(context, target, snapshot);
  if (!options) return;
  const result = await calls.run<RollbackResult>("rollback", `Rolling back on ${host.name}`, argument, options);
  if (!result) return;
  await showAnswer(context, target, "rollback", result);
  if (!result.done) void vscode.window.showWarningMessage(`Nothing was rolled back on ${host.name}: ${result.why}.`);
  if (book.about(host).snapshots) await fetchSnapshots(context, target);
};

/** What was rolled back before can be taken back, or let go; else a subvolume is asked for. */
async function choose(context: CommandContext, target: Target): Promise<object | undefined> {
  const { host, argument } = target;
  const listed = await context.remote.calls.run<RollbackResult>("rollback", `Rollbacks of ${host.name}`, argument);
  if (!listed) return undefined;
  const items: Choice[] = [
    { label: "$(discard) Roll back a subvolume…", description: "to one of its snapshots" },
    ...listed.rollbacks.flatMap(({ id, path, state, from }): Choice[] => {
      const description = `${state}, from ${from}`;
      if (state === "half-done") return [{ label: `Repair ${path}`, description, options: { repair: true } }];
      return [
        ...(state === "rolled-back" ? [{ label: `Undo ${id}`, description, detail: path, options: { undo: id } }] : []),
        { label: `Discard what ${id} keeps`, description, detail: path, options: { discard: id } },
      ];
    }),
  ];
  const choice =
    items.length === 1 ? items[0] : await vscode.window.showQuickPick(items, { title: `Rollbacks of ${host.name}` });
  return choice && (choice.options ?? askSnapshot(context, target));
}

async function askSnapshot(context: CommandContext, target: Target): Promise<object | undefined> {
  const heard = context.remote.book.about(target.host).snapshots ?? (await fetchSnapshots(context, target));
  if (!heard) return undefined;
  const items = heard.snapshots.map(({ path, created, of }) => ({
    ...{ label: path, description: created === undefined ? "" : shownTime(created) },
    ...(of === undefined ? {} : { detail: `of ${of}` }),
  }));
  const choice = await vscode.window.showQuickPick(items, { title: "To Which Snapshot?" });
  return choice && askSubvolume(context, target, choice.label);
}

async function askSubvolume(context: CommandContext, { host, argument }: Target, snapshot: string) {
  const { calls, book } = context.remote;
  const status = book.about(host).status ?? (await calls.run<HostStatus>("status", `Mounts of ${host.name}`, argument));
  const mounts = (status?.mounts ?? []).filter(({ type, mountPoint }) => type === "btrfs" && mountPoint !== "/");
  const paths = [...new Set(mounts.map(({ mountPoint }) => mountPoint))];
  if (!status) return undefined;
  const title = `Which Subvolume Goes Back to ${snapshot}?`;
  const subvolume = await vscode.window.showQuickPick(paths, { title });
  return subvolume === undefined ? undefined : { subvolume, snapshot };
}
