import * as vscode from "vscode";
import { shownTime } from "../../remote/shown.ts";
import type { CommandContext } from "../command.ts";
import { fetchSnapshots } from "./snapshots.ts";
import type { Target } from "./target.ts";

/** Lets the user choose one of the snapshots of a host, which is asked when it has not been. Answers with its path. */
export async function pickSnapshot(
  context: CommandContext,
  target: Target,
  title: string,
): Promise<string | undefined> {
  const heard = context.remote.book.about(target.host).snapshots ?? (await fetchSnapshots(context, target));
  if (!heard) return undefined;
  const items = heard.snapshots.map(({ path, created, of }) => ({
    ...{ label: path, description: created === undefined ? "" : shownTime(created) },
    ...(of === undefined ? {} : { detail: `of ${of}` }),
  }));
  const choice = await vscode.window.showQuickPick(items, { title });
  return choice?.label;
}
