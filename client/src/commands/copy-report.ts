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
    place: vscode.env.remoteName ?? (vscode.env.uiKind === vscode.UIKind.Web ? "web" : "desktop"),
    trusted: vscode.workspace.isTrusted,
    // While the server runs, the second line names hosts, and those are nobody's business.
    status: server.state.kind === "running" ? view.text : `${view.text}. ${view.detail}`,
    settings,
    problems,
    home: homedir(),
  });
  await vscode.env.clipboard.writeText(text);
  void vscode.window.showInformationMessage("The report is on the clipboard: versions, settings and status.");
};
