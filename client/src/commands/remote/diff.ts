import * as vscode from "vscode";
import type { Diff } from "../../../../server/src/remote/diff/diff-schema.ts";
import type { FilterNode } from "../../remote/diff-model.ts";
import { shownTime } from "../../remote/shown.ts";
import type { Command, CommandContext } from "../command.ts";
import { fetchSnapshots } from "./snapshots.ts";
import { isNode, showAnswer, type Target, targetOf } from "./target.ts";

/** What the next reboot of a host would lose, as a tree. */
export const hostDiff: Command = async (context, given) => {
  const target = await targetOf(context, "What Would the Next Reboot Lose?", given);
  if (target) await compare(context, target, "The next reboot loses", {});
};

/** What the last reboot of a host lost, as far as the archived root shows it. */
export const hostLastReboot: Command = async (context, given) => {
  const target = await targetOf(context, "What Did the Last Reboot Lose?", given);
  if (target) await compare(context, target, "The last reboot lost", { lastReboot: true });
};

/** What differs between two snapshots; the one of the line it was called on is the older one. */
export const compareSnapshots: Command = async (context, given) => {
  const target = await targetOf(context, "Compare Two Snapshots", given);
  if (!target) return;
  const heard = context.remote.book.about(target.host).snapshots ?? (await fetchSnapshots(context, target));
  if (!heard) return;
  const items = heard.snapshots.map(({ path, created }) => ({
    label: path,
    description: created === undefined ? "" : shownTime(created),
  }));
  const older = isNode(given) && given.snapshot !== undefined ? given.snapshot : await pick("The Older One", items);
  if (older === undefined) return;
  const rest = items.filter(({ label }) => label !== older);
  const newer = await pick(`The Newer One, to Compare with ${older}`, rest);
  if (newer === undefined) return;
  await compare(context, target, `From ${older} to ${newer}`, { between: [older, newer] });
};

/** Lets the user switch filters off and on; the host is asked again. */
export const chooseFilters: Command = async (context) => {
  const { diff } = context.remote;
  const { shown } = diff;
  const filters = diff.filters();
  if (!shown) return;
  if (filters.length === 0) {
    void vscode.window.showInformationMessage("No filter hides anything here.");
    return;
  }
  const items = filters.map((one) => ({
    ...{ label: `${one.rows} · ${one.title}`, picked: !one.shown, filter: one.filter },
  }));
  const title = "What Is Hidden";
  const hidden = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: "What is checked is hidden",
    canPickMany: true,
  });
  if (!hidden) return;
  const off = filters.map(({ filter }) => filter).filter((name) => !hidden.some(({ filter }) => filter === name));
  await compare(context, shown, shown.question, { ...shown.options, show: off });
};

/** Switches one filter off or on, from its line in the tree; the host is asked again. */
export const toggleFilter: Command = async (context, given) => {
  const { shown } = context.remote.diff;
  const { kind, filter } = (given ?? {}) as Partial<FilterNode>;
  if (!shown || kind !== "filter" || filter === undefined) return;
  const { show = [] } = shown.options;
  const next = show.includes(filter) ? show.filter((one) => one !== filter) : [...show, filter];
  await compare(context, shown, shown.question, { ...shown.options, show: next });
};

/**
 * Gives a line a check mark, or takes it away; on the line of a filter it switches that. Its key toggles the selection of the line
 * twice first, in the window itself: by the time that this runs, the keyboard may be somewhere else.
 */
export const checkRow: Command = async (context) => {
  const { diff } = context.remote;
  const node = diff.toggled;
  // A mark that was clicked right before may still be on its way through VS Code.
  await new Promise((resolve) => setImmediate(resolve));
  if (node?.kind === "filter") await toggleFilter(context, node);
  else if (node && node.kind !== "filters") diff.toggle(node);
};

/** Asks the host again. */
export const refreshDiff: Command = async (context) => {
  const { shown } = context.remote.diff;
  if (shown) await compare(context, shown, shown.question, shown.options);
};

/** Brings the diff that was shown last to the front. */
export const showDiff: Command = async ({ remote }) => {
  await remote.diff.focus();
};

/** Opens the diff as a document, which can be saved. */
export const diffAsDocument: Command = async (context) => {
  const { shown } = context.remote.diff;
  if (shown) await showAnswer(context, shown, "diff", shown.diff);
};

/** What `diff` is asked beside the host. */
export interface DiffQuestion {
  readonly lastReboot?: true;
  readonly between?: readonly [string, string];
  readonly show?: readonly string[];
}

async function compare(
  { remote }: CommandContext,
  { host, argument }: Target,
  question: string,
  options: DiffQuestion,
): Promise<void> {
  const diff = await remote.calls.run<Diff>("diff", `Comparing on ${host.name}`, argument, options);
  if (!diff) return;
  remote.files.forget();
  await remote.diff.show({ host, argument, question, options, diff });
  if (diff.question === "next-reboot") await remote.book.note(host, { atRisk: diff.rows.length });
}

async function pick(title: string, items: vscode.QuickPickItem[]): Promise<string | undefined> {
  const choice = await vscode.window.showQuickPick(items, { title, matchOnDescription: true });
  return choice?.label;
}
