import * as vscode from "vscode";
import { readSettings, type SettingsReading } from "../../server/src/settings.ts";

/** Section of the settings that belongs to this extension. */
export const settingsSection = "impermanence";

/** The settings in effect for a document or folder, and what was passed over in them. */
export function currentSettings(scope?: vscode.ConfigurationScope): SettingsReading {
  return readSettings(vscode.workspace.getConfiguration(settingsSection, scope));
}

/** Writes into the log which settings are passed over, now and whenever they change. */
export function watchSettings(log: vscode.LogOutputChannel): vscode.Disposable {
  const report = () => {
    for (const problem of currentSettings().problems) log.warn(problem);
  };
  report();
  return vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration(settingsSection)) report();
  });
}
