// Stands in for the person in front of dialogs: what they are asked is kept, and answered as the test says.
import * as vscode from "vscode";

export interface Shown {
  readonly kind: "warning" | "information" | "error" | "input" | "pick";
  readonly text: string;
  readonly detail: string | undefined;
  readonly buttons: readonly string[];
}

type Answer = (shown: Shown) => unknown;
const originals = { ...vscode.window };

/** Answers dialogs until {@link restoreDialogs}; answers with what was shown. */
export function answerDialogs(answer: Answer): Shown[] {
  const all: Shown[] = [];
  const tell = async (shown: Shown) => {
    all.push(shown);
    return answer(shown);
  };
  const message =
    (kind: Shown["kind"]) =>
    (text: string, ...rest: unknown[]) => {
      const [options] = rest;
      const detail = typeof options === "object" ? (options as vscode.MessageOptions).detail : undefined;
      const buttons = rest.filter((one): one is string => typeof one === "string");
      return tell({ kind, text, detail, buttons });
    };
  replace("showWarningMessage", message("warning"));
  replace("showInformationMessage", message("information"));
  replace("showErrorMessage", message("error"));
  replace("showInputBox", ({ title = "", prompt }: vscode.InputBoxOptions) =>
    tell({ kind: "input", text: title, detail: prompt, buttons: [] }),
  );
  replace("showQuickPick", async (items: vscode.QuickPickItem[], { title = "" }: vscode.QuickPickOptions) => {
    const labels = items.map((item) => (typeof item === "string" ? item : item.label));
    const chosen = await tell({ kind: "pick", text: title, detail: undefined, buttons: labels });
    if (Array.isArray(chosen)) return items.filter((item) => chosen.includes(item.label));
    return items.find((item) => (typeof item === "string" ? item : item.label) === chosen);
  });
  return all;
}

export function restoreDialogs(): void {
  for (const name of [
    "showWarningMessage",
    "showInformationMessage",
    "showErrorMessage",
    "showInputBox",
    "showQuickPick",
  ] as const)
    replace(name, originals[name]);
}

function replace(name: string, value: unknown): void {
  Object.defineProperty(vscode.window, name, { value, configurable: true, writable: true });
}
