import { homedir } from "node:os";
import * as vscode from "vscode";
import { currentView } from "../language-status.ts";
import { reportText } from "../report-text.ts";
import { currentSettings } from "../settings.ts";
import type { Command } from "./command.ts";

/** Puts what a bug report needs on the clipboard. */
export const copyReport: Command = async ({ extension, server }) => {
  const { settings, problems } = currentSettings();
  const view = currentView(server);
  const text = reportText({
    extension: String(extension.packageJSON.version),
    editor: vscode.version,
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    place: place(),
    trusted: vscode.workspace.isTrusted,
    // While the server runs, the second line names hosts, and those are nobody's business.
    status: server.state.kind === "running" ? view.text : `${view.text} (${view.detail})`,
    settings,
    problems,
    home: homedir(),
  });
  await vscode.env.clipboard.writeText(text);
  void vscode.window.showInformationMessage("The report is on the clipboard: versions, settings and status.");
};

/** Where the extension runs. Some remotes put an address into their name, and that stays out. */
function place(): string {
  const { remoteName, uiKind } = vscode.env;
  if (remoteName) return /^[a-z-]+$/.test(remoteName) ? remoteName : "remote";
  return uiKind === vscode.UIKind.Web ? "web" : "desktop";
}
