import * as vscode from "vscode";
import type { Persisted } from "../../../../server/src/remote/persist/persist.ts";
import { counted } from "../../remote/shown.ts";
import type { Command, CommandContext } from "../command.ts";
import { isDiffNode, isNode, showAnswer, type Target, targetOf } from "./target.ts";

const COPY = "Copy the Commands";
const SHOW = "Show Them";

/**
 * Writes paths of a host into its configuration: those of the diff that were chosen, else one that is typed. The change is shown
 * before it is made, and the commands that bring today's content along are offered after it.
 */
export const persistPaths: Command = async (context, given) => {
  const { diff } = context.remote;
  const node = isDiffNode(given) ? given : undefined;
  const paths = diff.shown && !isNode(given) ? diff.chosenPaths(node) : [];
  if (diff.shown && paths.length > 0) return persist(context, diff.shown, paths);
  const target = await targetOf(context, "Persist a Path of a Host", given);
  const path = target && (await askPath(target));
  if (target && path !== undefined) await persist(context, target, [path]);
};

/** Copies the paths of chosen rows. */
export const copyRemotePath: Command = async ({ remote }, given) => {
  const paths = remote.diff.chosenPaths(isDiffNode(given) ? given : undefined);
  if (paths.length > 0) await vscode.env.clipboard.writeText(paths.join("\n"));
};

async function persist(context: CommandContext, target: Target, paths: readonly string[]): Promise<void> {
  const { host, argument } = target;
  const { calls } = context.remote;
  const title = `Persisting ${counted(paths.length, "path")} of ${host.name}`;
  const result = await calls.run<Persisted>("persist", title, argument, { paths, write: true });
  if (!result) return;
  const left = [...result.refused.map(({ path, why }) => `${path}: ${why}`)];
  const kept = result.already.map(({ path, by }) => `${path} is kept already: ${by}`);
  if (result.entries.length === 0) {
    void vscode.window.showInformationMessage([...left, ...kept, "There was nothing to write."].join(" · "));
    return;
  }
  const message = [
    `${counted(result.entries.length, "entry").replace("entrys", "entries")} written for ${host.name}.`,
    "What is on the host today would be hidden by the mount: copy it into the store before you switch.",
    ...(left.length > 0 ? [`Left out: ${left.join(" · ")}.`] : []),
  ].join(" ");
  const choice = await vscode.window.showInformationMessage(message, COPY, SHOW);
  if (choice === COPY) await vscode.env.clipboard.writeText(`${result.commands.join("\n")}\n`);
  if (choice === SHOW) await showAnswer(context, target, "persist", result);
}

function askPath({ host }: Target): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title: `Persist a Path of ${host.name}`,
    prompt: "A file or directory of the host. Its owner and mode are taken over.",
    placeHolder: "/var/lib/service",
    validateInput: (text) => (text.startsWith("/") ? undefined : "A path begins with /"),
  });
}
