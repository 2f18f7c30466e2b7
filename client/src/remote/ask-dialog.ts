import * as vscode from "vscode";
import type { AskParams } from "../../../server/src/protocol.ts";

const TRUST = "Trust This Key";

/** Asks what ssh or sudo wants to know. Null: the user gave no answer, and what was being done ends. */
export async function askUser({ host, kind, text, hidden, attempt }: AskParams): Promise<string | null> {
  if (kind === "host-key") {
    const message = `Is this the key of ${host}?`;
    const choice = await vscode.window.showWarningMessage(message, { modal: true, detail: text }, TRUST);
    return choice === TRUST ? "yes" : null;
  }
  const answer = await vscode.window.showInputBox({
    title: host,
    prompt: attempt > 0 ? `${kind === "passphrase" ? "That was not right" : "That was not accepted"}. ${text}` : text,
    password: hidden,
    ignoreFocusOut: true,
  });
  return answer ?? null;
}
