// Diffs that tests make and look at, on the host of the suite.
import * as vscode from "vscode";
import type { Diff } from "../../../server/src/remote/diff/diff-schema.ts";
import { answerDialogs } from "./dialogs.ts";
import { allow, atTop, JOSH, run } from "./host.ts";
import { until } from "./workspace.ts";

/** Compares two snapshots, the second of which is what the script `after` makes of the first. Answers with the diff. */
export async function compareTrees(name: string, before: string, after: string): Promise<Diff> {
  atTop(`btrfs -q subvolume create snapshots/${name}; cd snapshots/${name}; ${before}`);
  atTop(`btrfs -q subvolume snapshot -r snapshots/${name} snapshots/${name}-1`);
  atTop(`cd snapshots/${name}; ${after}`);
  atTop(`btrfs -q subvolume snapshot -r snapshots/${name} snapshots/${name}-2`);
  const host = { name: JOSH, from: "typed", destinations: [], description: "" };
  answerDialogs((one) => allow(one) ?? one.buttons.find((label) => label === `snapshots/${name}-2`));
  await run("listSnapshots", JOSH);
  await run("compareSnapshots", { host, label: "", snapshot: `snapshots/${name}-1` });
  return shownDiffOf(`snapshots/${name}-2`);
}

/** Waits for the diff of a snapshot. */
export function shownDiffOf(snapshot: string): Promise<Diff> {
  return until(`diff of ${snapshot}`, async () => {
    const diff = await shownDiff();
    return diff.of === snapshot && diff;
  });
}

/** The diff in the view, as its document has it; one that was shown just before may still be there. */
export async function shownDiff(): Promise<Diff> {
  await run("diffAsDocument");
  const path = `/${encodeURIComponent(JOSH)}/diff.json`;
  const document = await vscode.workspace.openTextDocument(vscode.Uri.from({ scheme: "impermanence-host", path }));
  return JSON.parse(document.getText()) as Diff;
}
