import * as vscode from "vscode";
import { methods, type RuleSummary } from "../../../server/src/protocol.ts";
import { documentUri } from "../documents.ts";
import { showDocument } from "../show-document.ts";
import { askForUser, type Command, type CommandContext } from "./command.ts";

/** Opens the page of a rule: of the one named by the argument (a link in a hover), else of the one the user picks. */
export const explainRule: Command = async (context, argument) => {
  const rule = typeof argument === "string" ? argument : await pickRule(context);
  if (!rule) return;
  const uri = documentUri({ kind: "rule", rule });
  try {
    await vscode.commands.executeCommand("markdown.showPreview", uri);
  } catch {
    // The built-in Markdown extension can be switched off. The page is readable as text, too.
    await showDocument(uri, { preview: true });
  }
};

async function pickRule(context: CommandContext): Promise<string | undefined> {
  const rules = await askForUser<RuleSummary[]>(context, methods.rules);
  const items = rules?.map((rule) => ({
    label: rule.code,
    description: `${rule.name} · ${rule.severity}`,
    detail: rule.summary,
  }));
  if (!items) return undefined;
  const choice = await vscode.window.showQuickPick(items, {
    title: "Explain a Rule",
    placeHolder: "Code, name or a word of the explanation",
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return choice?.label;
}
