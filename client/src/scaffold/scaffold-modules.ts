import * as vscode from "vscode";
import {
  type HostSummary,
  methods,
  type ScaffoldFile,
  type ScaffoldParams,
  type ScaffoldResult,
} from "../../../server/src/protocol.ts";
import { askForUser, type Command } from "../commands/command.ts";
import { showWhatIsLeft } from "./left-to-do.ts";
import { askSteps } from "./steps.ts";
import { toWorkspaceEdit } from "./workspace-edit.ts";

/**
 * Plans the modules for servers for a host, step by step, and shows every file in the refactoring preview before anything
 * is written. What was written can be undone like any other edit.
 */
export const scaffoldModules: Command = async (context) => {
  const hosts = await askForUser<HostSummary[]>(context, methods.hosts);
  if (!hosts) return;
  if (hosts.length === 0) {
    void vscode.window.showInformationMessage("No NixOS host was found that could get the modules.");
    return;
  }
  const params = await askSteps(hosts);
  if (!params) return;
  const result = await plan(context, params);
  if (!result) return;
  if ("why" in result) {
    void vscode.window.showWarningMessage(`Nothing was planned for ${params.host}. ${result.why}`, { modal: false });
    return;
  }
  const isApplied = await vscode.workspace.applyEdit(toWorkspaceEdit(result.files), { isRefactoring: true });
  if (!isApplied) return;
  const missed = await notTaken(result.files);
  const left = result.left.map((finding) => `The checker still finds ${finding}`);
  await showWhatIsLeft(params.host, [...missed, ...result.notes, ...left]);
};

async function plan(context: Parameters<Command>[0], params: ScaffoldParams): Promise<ScaffoldResult | undefined> {
  const title = `Planning the modules for ${params.host}`;
  return vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title }, async () => {
    try {
      return await context.server.ask<ScaffoldResult>(methods.scaffold, params);
    } catch (error) {
      context.log.error(`Scaffold: ${error}`);
      void vscode.window.showWarningMessage(`The modules could not be planned: ${messageOf(error)}`);
      return undefined;
    }
  });
}

/** Changes that were not ticked in the preview: without all of them the modules take no effect, or not as planned. */
async function notTaken(files: readonly ScaffoldFile[]): Promise<string[]> {
  const texts = await Promise.all(files.map(({ uri }) => textNow(vscode.Uri.parse(uri))));
  return files
    .filter(({ after }, index) => texts[index] !== after)
    .map(({ path }) => `\`${path}\` is not as planned: its change was not ticked. Undo, and run the command again.`);
}

/**
 * The text as an editor shows it, else as it is on the disk. No document is opened for that: it would go on being there
 * for the server when the file is gone again.
 */
async function textNow(uri: vscode.Uri): Promise<string | undefined> {
  const shown = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  if (shown) return shown.getText();
  return vscode.workspace.fs.readFile(uri).then(
    (bytes) => new TextDecoder().decode(bytes),
    () => undefined,
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
