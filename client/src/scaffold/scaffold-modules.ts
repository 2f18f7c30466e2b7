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
import { askSteps, proposedAnswers } from "./steps.ts";
import { toWorkspaceEdit } from "./workspace-edit.ts";

type ScaffoldPlan = Exclude<ScaffoldResult, { readonly why: string }>;
const OTHERWISE = "Change the Answers…";

/**
 * Plans the modules for servers for a host, step by step, and shows every file in the refactoring preview before anything
 * is written. What was written can be undone like any other edit.
 */
export const scaffoldModules: Command = async (context) => {
  const hosts = await askForUser<HostSummary[]>(context, methods.hosts);
  if (!hosts) return;
  const [first] = hosts;
  if (!first) {
    void vscode.window.showInformationMessage("No NixOS host was found that could get the modules.");
    return;
  }
  const answers = proposedAnswers(first);
  for (;;) {
    const params = await askSteps(hosts, answers);
    const result = params && (await plan(context, params));
    if (!result) return;
    if (!("why" in result)) return write(params.host, result);
    const why = `Nothing was planned for ${params.host}. ${result.why}`;
    if ((await vscode.window.showWarningMessage(why, OTHERWISE)) === undefined) return;
  }
};

/** Shows the plan in the refactoring preview, and then what is left to do by hand. */
async function write(host: string, { files, notes, left }: ScaffoldPlan): Promise<void> {
  const isApplied = await vscode.workspace.applyEdit(toWorkspaceEdit(files), { isRefactoring: true });
  if (!isApplied) return;
  const missed = await notTaken(files);
  await showWhatIsLeft(host, [...missed, ...notes, ...left.map((finding) => `The checker still finds ${finding}`)]);
}

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
