import * as vscode from "vscode";
import type { CommandContext } from "./commands/command.ts";
import { commands } from "./commands/registry.ts";
import { provideDocuments } from "./documents.ts";
import { CheckerServer } from "./language-client.ts";
import { showLanguageStatus } from "./language-status.ts";
import { answerServer } from "./remote/remote-calls.ts";
import { RemoteSide } from "./remote/remote-side.ts";
import { watchSettings } from "./settings.ts";

let server: CheckerServer | undefined;

/**
 * Entry of the extension: runs when the first Nix file is opened, or one of our commands is used. It returns before the
 * server is up, so that it never delays other extensions.
 */
export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel("Nix Impermanence", { log: true });
  const remote = new RemoteSide(context.workspaceState);
  const checker = new CheckerServer(context, log, (client) => answerServer(client, remote.approvals, remote.log));
  remote.start(checker, context.workspaceState);
  server = checker;
  context.subscriptions.push(
    log,
    checker,
    remote,
    watchSettings(log),
    showLanguageStatus(checker),
    provideDocuments(checker),
    ...registerCommands({ extension: context.extension, server: checker, log, remote }),
  );
  if (hasLocalFiles()) void checker.restart();
  else checker.turnOff("The checker needs files on a disk, and this workspace is a virtual one.");
}

/** Waits until the server is gone, so that no process outlives the window. */
export function deactivate(): Promise<void> | undefined {
  return server?.stop();
}

function registerCommands(commandContext: CommandContext): vscode.Disposable[] {
  return Object.entries(commands).map(([id, run]) =>
    vscode.commands.registerCommand(id, (...args: unknown[]) => run(commandContext, ...args)),
  );
}

/** A window without a folder may hold single files from disk; a window with only virtual folders holds none. */
function hasLocalFiles(): boolean {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return folders.length === 0 || folders.some((folder) => folder.uri.scheme === "file");
}
