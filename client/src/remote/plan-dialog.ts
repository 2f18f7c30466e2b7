import * as vscode from "vscode";
import type { PlanParams } from "../../../server/src/protocol.ts";
import { showDocument } from "../show-document.ts";

/** Lines that fit into a dialog; a longer plan opens beside it. */
const SHOWN = 12;
const GO_ON = "Go On";

/** Shows what is about to be done on a host, and asks. What cannot be undone wants a word typed. */
export async function confirmPlan({ destination, title, lines, typed, patch }: PlanParams): Promise<boolean> {
  if (patch !== undefined) await showBeside("diff", patch);
  else if (lines.length > SHOWN || typed !== undefined)
    await showBeside("plaintext", `${title}\n\n${lines.map((line) => `  ${line}`).join("\n")}\n`);
  if (typed !== undefined) {
    const answer = await vscode.window.showInputBox({
      title: `${title} (${destination})`,
      prompt: `This cannot be undone. Type ${typed} to go on; Escape does nothing.`,
      ignoreFocusOut: true,
      validateInput: (text) => (text === typed ? undefined : `Type ${typed}`),
    });
    return answer === typed;
  }
  const more = lines.length - SHOWN;
  const detail = [...lines.slice(0, SHOWN), ...(more > 0 ? [`… and ${more} more, in the editor behind this`] : [])];
  const choice = await vscode.window.showWarningMessage(title, { modal: true, detail: detail.join("\n") }, GO_ON);
  return choice === GO_ON;
}

async function showBeside(language: string, content: string): Promise<void> {
  const document = await vscode.workspace.openTextDocument({ language, content });
  await showDocument(document, { preview: true, preserveFocus: true });
}
