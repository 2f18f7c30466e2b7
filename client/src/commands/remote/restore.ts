import * as vscode from "vscode";
import type { RestoreResult } from "../../../../server/src/remote/restore/restore-schema.ts";
import { shownTime } from "../../remote/shown.ts";
import type { Command, CommandContext } from "../command.ts";
import { fetchSnapshots } from "./snapshots.ts";
import { isNode, showAnswer, type Target, targetOf } from "./target.ts";

/** Puts paths back from a snapshot or an archived root. The plan is shown before anything is done. */
export const restorePaths: Command = async (context, given) => {
  const target = await targetOf(context, "Restore Paths from a Snapshot", given);
  if (!target) return;
  const snapshot = isNode(given) && given.snapshot !== undefined ? given.snapshot : await pickSnapshot(context, target);
  if (snapshot === undefined) return;
  const text = await vscode.window.showInputBox({
    title: `Restore from ${snapshot}`,
    prompt: "Paths as they are on the running host; several are separated by a comma",
    placeHolder: "/etc/app, /var/lib/app",
    ignoreFocusOut: true,
    validateInput: (value) =>
      pathsOf(value).every((path) => path.startsWith("/")) ? undefined : "A path begins with /",
  });
  const paths = pathsOf(text ?? "");
  if (paths.length === 0) return;
  const { host, argument } = target;
  const options = { snapshot, paths };
  const result = await context.remote.calls.run<RestoreResult>(
    "restore",
    `Restoring on ${host.name}`,
    argument,
    options,
  );
  if (!result) return;
  await showAnswer(context, target, "restore", result);
  if (!result.done)
    void vscode.window.showWarningMessage(`Not everything was restored on ${host.name}: ${result.why}.`);
};

async function pickSnapshot(context: CommandContext, target: Target): Promise<string | undefined> {
  const heard = context.remote.book.about(target.host).snapshots ?? (await fetchSnapshots(context, target));
  if (!heard) return undefined;
  const items = heard.snapshots.map(({ path, created, of }) => ({
    ...{ label: path, description: created === undefined ? "" : shownTime(created) },
    ...(of === undefined ? {} : { detail: `of ${of}` }),
  }));
  const choice = await vscode.window.showQuickPick(items, { title: "Restore from Which Snapshot?" });
  return choice?.label;
}

function pathsOf(text: string): string[] {
  return text
    .split(",")
    .map((path) => path.trim())
    .filter((path) => path !== "");
}
