import * as vscode from "vscode";
import type { GcResult } from "../../../../server/src/remote/gc/gc.ts";
import type { SnapshotList } from "../../../../server/src/remote/list.ts";
import type { SnapshotResult } from "../../../../server/src/remote/snapshot/snapshot.ts";
import type { HostStatus } from "../../../../server/src/remote/status.ts";
import { counted } from "../../remote/shown.ts";
import type { Command, CommandContext } from "../command.ts";
import { showAnswer, type Target, targetOf } from "./target.ts";

/** Lists the snapshots of a host, in the Hosts view and as a document. */
export const listSnapshots: Command = async (context, given) => {
  const target = await targetOf(context, "List Snapshots", given);
  if (!target) return;
  const list = await fetchSnapshots(context, target);
  if (list) await showAnswer(context, target, "list", list);
};

/** The snapshots of a host; the Hosts view shows them from now on. */
export async function fetchSnapshots({ remote }: CommandContext, { host, argument }: Target) {
  const snapshots = await remote.calls.run<SnapshotList>("list", `Snapshots of ${host.name}`, argument);
  if (snapshots) await remote.book.note(host, { snapshots });
  return snapshots;
}

interface Choice extends vscode.QuickPickItem {
  readonly subvolumes: readonly string[];
}

/** Takes read-only snapshots: of everything that must survive, or of one filesystem. */
export const takeSnapshot: Command = async (context, given) => {
  const target = await targetOf(context, "Take a Snapshot", given);
  if (!target) return;
  const { host, argument } = target;
  const { calls, book } = context.remote;
  const status = book.about(host).status ?? (await calls.run<HostStatus>("status", `Mounts of ${host.name}`, argument));
  if (!status) return;
  const mounts = [...new Set(status.mounts.filter(({ type }) => type === "btrfs").map(({ mountPoint }) => mountPoint))];
  const all: Choice = {
    label: "$(shield) Everything that must survive",
    description: "what the configuration says, or else what is mounted",
    subvolumes: [],
  };
  const items = [all, ...mounts.map((path): Choice => ({ label: path, subvolumes: [path] }))];
  const title = `Take a Snapshot on ${host.name}`;
  const choice = await vscode.window.showQuickPick(items, { title, placeHolder: "Of what?" });
  if (!choice) return;
  const options = { subvolumes: choice.subvolumes };
  const result = await calls.run<SnapshotResult>("snapshot", `Snapshot on ${host.name}`, argument, options);
  if (!result) return;
  await showAnswer(context, target, "snapshot", result);
  if (!result.done) void vscode.window.showWarningMessage(`No snapshot was taken on ${host.name}: ${result.why}.`);
  // What the view shows is old now.
  else if (book.about(host).snapshots) await fetchSnapshots(context, target);
};

/** Shows which snapshots the policy would delete, and deletes them after the plan was seen. */
export const collectSnapshots: Command = async (context, given) => {
  const target = await targetOf(context, "Collect Old Snapshots", given);
  if (!target) return;
  const { host, argument } = target;
  const { calls, book } = context.remote;
  const plan = (keep?: string) =>
    calls.run<GcResult>("gc", `Plan for ${host.name}`, argument, keep === undefined ? {} : { keep });
  let keep: string | undefined;
  let planned = await plan();
  if (planned && planned.policy === undefined) {
    keep = await askPolicy(planned.why);
    if (keep === undefined) return;
    planned = await plan(keep);
  }
  if (!planned) return;
  await showAnswer(context, target, "gc", planned);
  const doomed = planned.items.filter(({ action }) => action === "delete").length;
  if (!planned.done || doomed === 0) {
    void vscode.window.showInformationMessage(planned.why ?? `${host.name} has no snapshot to delete.`);
    return;
  }
  const go = `Delete ${counted(doomed, "Snapshot")}…`;
  const choice = await vscode.window.showInformationMessage(
    `The plan for ${host.name} deletes ${counted(doomed, "snapshot")}. Nothing has been deleted yet.`,
    go,
  );
  if (choice !== go) return;
  const options = { apply: true, plan: planned.plan, ...(keep === undefined ? {} : { keep }) };
  const result = await calls.run<GcResult>("gc", `Deleting snapshots of ${host.name}`, argument, options);
  if (!result) return;
  await showAnswer(context, target, "gc", result);
  if (book.about(host).snapshots) await fetchSnapshots(context, target);
};

function askPolicy(why: string | undefined): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title: "What to Keep",
    prompt: why ?? "No policy is known for this host.",
    placeHolder: "5 recent + 1/week for 4 weeks + 1/month, or an age such as 30d",
    ignoreFocusOut: true,
  });
}
