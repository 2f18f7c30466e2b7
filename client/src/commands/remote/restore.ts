import * as vscode from "vscode";
import type { RestoreResult } from "../../../../server/src/remote/restore/restore-schema.ts";
import { inTheWay, type RestoreSource, restoreOptionsOf, sourcesOf } from "../../remote/restore-model.ts";
import { counted, shownName } from "../../remote/shown.ts";
import type { Command, CommandContext } from "../command.ts";
import { pickSnapshot } from "./pick-snapshot.ts";
import { isDiffNode, isNode, showAnswer, type Target, targetOf } from "./target.ts";

/** What `restore` is asked beside the host. */
interface RestoreOrder {
  readonly snapshot: string;
  readonly paths: readonly string[];
  readonly pathBytes?: readonly string[];
  readonly fromTop?: boolean;
  readonly base?: string;
  readonly to?: string;
  readonly overwrite?: boolean;
}

const ASIDE = "Put Aside and Restore";
const WHAT: Readonly<Record<RestoreSource["what"], string>> = {
  older: "the older one of the comparison",
  newer: "the newer one of the comparison",
  baseline: "what the root began with",
  archive: "the root of the last boot",
};

/**
 * Puts paths back from a snapshot or an archived root: rows of the diff, or paths that are typed. The plan is shown before
 * anything is done, and what exists is only replaced after a question of its own.
 */
export const restorePaths: Command = async (context, given) => {
  if (isDiffNode(given)) return restoreRows(context, given);
  const target = await targetOf(context, "Restore Paths from a Snapshot", given);
  if (!target) return;
  const title = "Restore from Which Snapshot?";
  const snapshot =
    isNode(given) && given.snapshot !== undefined ? given.snapshot : await pickSnapshot(context, target, title);
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
  if (paths.length > 0) await restore(context, target, { snapshot, paths });
};

/** Puts the rows of the diff back that have a check mark, else those of the selected lines. */
export const restoreChecked: Command = (context) => restoreRows(context, undefined);

async function restoreRows(context: CommandContext, given: Parameters<CommandContext["remote"]["diff"]["chosen"]>[0]) {
  const { diff } = context.remote;
  const { shown } = diff;
  const rows = diff.chosen(given);
  if (!shown || rows.length === 0) {
    void vscode.window.showInformationMessage("No row of the diff is chosen. Set a check mark by Space.");
    return;
  }
  const sources = sourcesOf(shown.diff, rows);
  if (sources.length === 0) {
    void vscode.window.showInformationMessage("This is new on the running root: no snapshot of the diff has it.");
    return;
  }
  const source = await pickSource(sources, rows.length);
  if (!source) return;
  const order = { snapshot: source.snapshot, ...restoreOptionsOf(source, rows) };
  const to = source.what === "archive" ? await pickPlace(context, shown) : { to: undefined };
  if (to) await restore(context, shown, { ...order, ...(to.to === undefined ? {} : { to: to.to }) });
}

async function restore(context: CommandContext, target: Target, order: RestoreOrder): Promise<void> {
  const { host, argument } = target;
  const ask = (options: RestoreOrder) =>
    context.remote.calls.run<RestoreResult>("restore", `Restoring on ${host.name}`, argument, options);
  let known = order;
  let result = await ask(known);
  if (result && !result.done && result.candidates !== undefined) {
    const base = await pickBase(order.snapshot, result.candidates);
    if (base === undefined) return;
    known = { ...known, base };
    result = await ask(known);
  }
  if (!result) return;
  const waiting = inTheWay(result);
  if (waiting.length > 0 && (await wantsReplaced(host.name, waiting)))
    result = (await ask({ ...known, overwrite: true })) ?? result;
  await showAnswer(context, target, "restore", result);
  if (!result.done)
    void vscode.window.showWarningMessage(`Not everything was restored on ${host.name}: ${result.why}.`);
}

/** What is there is never lost: it gets another name. */
async function wantsReplaced(host: string, paths: readonly string[]): Promise<boolean> {
  const question = `${counted(paths.length, "path")} on ${host} ${paths.length === 1 ? "has" : "have"} other content now. Restore all the same?`;
  const more = paths.length > 10 ? [`… and ${paths.length - 10} more`] : [];
  const detail = [
    ...[...paths.slice(0, 10).map(shownName), ...more],
    "",
    "What is there is put aside, under a name with the time. The plan is shown first.",
  ].join("\n");
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, ASIDE)) === ASIDE;
}

async function pickSource(sources: readonly RestoreSource[], rows: number): Promise<RestoreSource | undefined> {
  if (sources.length === 1) return sources[0];
  const items = sources.map((source) => ({ label: source.snapshot, description: WHAT[source.what], source }));
  const choice = await vscode.window.showQuickPick(items, { title: `Restore ${counted(rows, "Row")} from Which?` });
  return choice?.source;
}

/** What a boot threw away, it throws away again, unless it is brought into a store. */
async function pickPlace(
  { remote }: CommandContext,
  { host }: Target,
): Promise<{ readonly to: string | undefined } | undefined> {
  const stores = await remote.hosts.storesOf(host);
  const items = [
    { label: "$(home) Where it was", description: "on the root, which a boot may empty again", to: undefined },
    ...stores.map((to) => ({ label: to, description: "a store of the configuration", to })),
    { label: "$(edit) Below another folder…", description: "such as a store", to: "" },
  ];
  const choice = await vscode.window.showQuickPick(items, { title: "Restore to Where?" });
  if (choice?.to !== "") return choice;
  const to = await vscode.window.showInputBox({
    title: "Below Which Folder?",
    prompt: "With /persist, /etc/x goes to /persist/etc/x",
    validateInput: (text) => (text.startsWith("/") ? undefined : "A path begins with /"),
  });
  return to === undefined ? undefined : { to };
}

function pickBase(snapshot: string, candidates: readonly string[]): Thenable<string | undefined> {
  const title = `Of Which Folder Is ${snapshot} a Snapshot?`;
  if (candidates.length > 0) return vscode.window.showQuickPick([...candidates], { title });
  return vscode.window.showInputBox({
    ...{
      title,
      prompt: "The folder of the running host that the top of the snapshot stands for",
      placeHolder: "/persist",
    },
    validateInput: (text) => (text.startsWith("/") ? undefined : "A path begins with /"),
  });
}

function pathsOf(text: string): string[] {
  return text
    .split(",")
    .map((path) => path.trim())
    .filter((path) => path !== "");
}
