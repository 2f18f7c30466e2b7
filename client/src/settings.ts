import * as vscode from "vscode";
import type { ConfigurationParams, ConfigurationRequest } from "vscode-languageclient/node";
import { readSettings, type SettingsReading } from "../../server/src/settings.ts";
import { type UserValue, withMachineSettings } from "./machine-settings.ts";

/** Section of the settings that belongs to this extension. */
export const settingsSection = "impermanence";

/** The settings in effect for a document or folder, and what was passed over in them. */
export function currentSettings(scope?: vscode.ConfigurationScope): SettingsReading {
  const configuration = vscode.workspace.getConfiguration(settingsSection, scope);
  return readSettings(withMachineSettings(configuration, userValue));
}

/** What the user has set for the whole machine, whatever folders say. */
const userValue: UserValue = (key) => vscode.workspace.getConfiguration(settingsSection).inspect(key)?.globalValue;

/** Answers the server's question for settings. */
export async function answerConfiguration(
  params: ConfigurationParams,
  token: vscode.CancellationToken,
  next: ConfigurationRequest.HandlerSignature,
): Promise<unknown[]> {
  const answers = await next(params, token);
  if (!Array.isArray(answers)) return [];
  return answers.map((answer, index) =>
    params.items[index]?.section === settingsSection ? withMachineSettings(answer, userValue) : answer,
  );
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
