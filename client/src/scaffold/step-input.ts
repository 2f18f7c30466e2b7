import * as vscode from "vscode";

/** The person went one step back, or left. */
export type Left = "back" | "cancel";

export interface Choice<T> extends vscode.QuickPickItem {
  readonly value: T;
}

/** One step of several. */
export interface StepInput {
  readonly step: number;
  readonly totalSteps: number;
  readonly question: string;
}

const TITLE = "Scaffold Server Modules";

/** One of several choices; `current` is marked, which is what was chosen before the person came back. */
export function askChoice<T>(at: StepInput, choices: readonly Choice<T>[], current: T): Promise<Choice<T> | Left> {
  const input = vscode.window.createQuickPick<Choice<T>>();
  input.items = choices;
  input.activeItems = choices.filter(({ value }) => value === current);
  input.placeholder = at.question;
  return shown(input, at, () => input.selectedItems[0]);
}

/** A line of text. `why` says what is wrong with one. */
export function askText(
  at: StepInput,
  current: string,
  why: (text: string) => string | undefined,
): Promise<{ readonly value: string } | Left> {
  const input = vscode.window.createInputBox();
  input.value = current;
  input.prompt = at.question;
  input.onDidChangeValue((text) => {
    input.validationMessage = why(text);
  });
  return shown(input, at, () => {
    input.validationMessage = why(input.value);
    return input.validationMessage === undefined ? { value: input.value } : undefined;
  });
}

/** Shows one step until it is answered or left; an answer that is not there yet keeps it open. */
function shown<
  I extends vscode.QuickInput & {
    readonly onDidAccept: vscode.Event<void>;
    buttons: readonly vscode.QuickInputButton[];
    readonly onDidTriggerButton: vscode.Event<vscode.QuickInputButton>;
  },
  R,
>(input: I, { step, totalSteps }: StepInput, answer: () => R | undefined): Promise<R | Left> {
  input.title = TITLE;
  input.step = step;
  input.totalSteps = totalSteps;
  input.ignoreFocusOut = true;
  if (step > 1) input.buttons = [vscode.QuickInputButtons.Back];
  return new Promise<R | Left>((resolve) => {
    input.onDidAccept(() => {
      const given = answer();
      if (given !== undefined) resolve(given);
    });
    input.onDidTriggerButton(() => resolve("back"));
    input.onDidHide(() => resolve("cancel"));
    input.show();
  }).finally(() => input.dispose());
}
