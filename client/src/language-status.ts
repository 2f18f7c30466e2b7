import * as vscode from "vscode";
import type { CheckerServer } from "./language-client.ts";
import { type StatusView, statusView } from "./status-view.ts";

const actions = {
  showHosts: { title: "Show hosts", command: "impermanence.showHosts" },
  restartServer: { title: "Restart", command: "impermanence.restartServer" },
  showOutput: { title: "Show output", command: "impermanence.showOutput" },
} as const;

const levels = {
  information: vscode.LanguageStatusSeverity.Information,
  warning: vscode.LanguageStatusSeverity.Warning,
  error: vscode.LanguageStatusSeverity.Error,
} as const;

const selector: vscode.DocumentSelector = { language: "nix" };

/** What the status item says about the file in the active editor. */
export function currentView(server: CheckerServer): StatusView {
  const uri = vscode.window.activeTextEditor?.document.uri;
  return statusView(server.state, server.status, uri?.toString());
}

/** The status item on Nix files. A second one, with the output, joins it while the server is down. */
export function showLanguageStatus(server: CheckerServer): vscode.Disposable {
  const item = vscode.languages.createLanguageStatusItem("impermanence.status", selector);
  item.name = "Nix Impermanence";
  let output: vscode.LanguageStatusItem | undefined;

  const update = () => {
    const view = currentView(server);
    item.text = view.text;
    item.detail = view.detail;
    item.severity = levels[view.level];
    item.busy = view.busy;
    item.command = actions[view.action];
    item.accessibilityInformation = { label: `Nix Impermanence: ${view.text}, ${view.detail}` };
    if (view.offersOutput && !output) output = outputItem();
    if (!view.offersOutput) {
      output?.dispose();
      output = undefined;
    }
  };

  update();
  const listeners = [server.onDidChange(update), vscode.window.onDidChangeActiveTextEditor(update)];
  return vscode.Disposable.from(...listeners, item, { dispose: () => output?.dispose() });
}

function outputItem(): vscode.LanguageStatusItem {
  const item = vscode.languages.createLanguageStatusItem("impermanence.output", selector);
  item.name = "Nix Impermanence Output";
  item.text = "What the checker wrote last";
  item.command = actions.showOutput;
  return item;
}
